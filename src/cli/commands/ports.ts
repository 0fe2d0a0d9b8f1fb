import type { PublishedPort } from "../../api/schemas.ts";
import { WindlassClient } from "../../client/windlass_client.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { EXIT } from "../print_error.ts";

const ANSWER_MILLISECONDS = 5_000;
const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

/** `windlass ports`: what is open on this machine for containers. */
export async function ports(input: CommandInput, context: CommandContext): Promise<number> {
  using client = new WindlassClient({ addressFile: context.home().apiAddressFile });
  const found = await client.ports({ signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
  context.print(input.flags["json"] ? `${JSON.stringify(found, null, 2)}\n` : describePorts(found.ports));
  return EXIT.ok;
}

/** The ports as a table for people. Pure. */
export function describePorts(found: readonly PublishedPort[]): string {
  if (found.length === 0) return "No port is open\n";
  const rows = found.map((port) => [
    `${endpoint(port.address, port.port)}/${port.protocol}`,
    endpoint(port.container.address, port.container.port),
    port.source === "published" ? "" : "host network",
    `${port.connections.open} of ${port.connections.total}`,
    byteText(port.bytes.received),
    byteText(port.bytes.sent),
  ]);
  const table = [["PORT", "LEADS TO", "", "CONNECTIONS", "RECEIVED", "SENT"], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd() + "\n"
  )
    .join("");
}

function endpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** A number of bytes in the unit that leaves at most three digits before the point. Pure. */
export function byteText(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1_000 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
