import type { PublishedPort } from "../../api/resources/ports.ts";
import { hostClient } from "../../host/host_client.ts";
import { endpoint } from "../../platform/addresses.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { askHost } from "../running_host.ts";
import { byteText } from "../text/byte_text.ts";
import { printAnswer } from "../text/print_answer.ts";
import { tableText } from "../text/table_text.ts";

const ANSWER_MILLISECONDS = 5_000;

/** `windlass ports`: what is open on this machine for containers. */
export async function ports(input: CommandInput, context: CommandContext): Promise<number> {
  using client = hostClient(context.home());
  // Ports end with the host, so without one the answer is known.
  const found = await askHost(client) === undefined
    ? { ports: [] }
    : await client.ports({ signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
  return printAnswer(
    { context, json: Boolean(input.flags["json"]) },
    found,
    ({ ports }) => describePorts(ports),
  );
}

/** The ports as a table for people. Pure. */
export function describePorts(found: readonly PublishedPort[]): string {
  if (found.length === 0) return "No open ports\n";
  const rows = found.map((port) => [
    `${endpoint(port.address, port.port)}/${port.protocol}`,
    endpoint(port.container.address, port.container.port),
    port.source === "published" ? "" : "host network",
    `${port.connections.open} of ${port.connections.total}`,
    byteText(port.bytes.received),
    byteText(port.bytes.sent),
  ]);
  return tableText([["PORT", "TARGET", "", "CONNECTIONS", "RECEIVED", "SENT"], ...rows]).join("");
}
