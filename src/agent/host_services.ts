import type { Log } from "../logging/log.ts";
import type { MuxSession } from "../mux/mux_session.ts";
import { listenRedirected } from "../platform/linux/redirected_listener.ts";
import { joinStreams } from "../streams/join_streams.ts";

/** What carries containers' connections to the user's machine. */
export interface HostServicesOptions {
  readonly session: Pick<MuxSession, "open">;
  /** The address that stands for the user's machine inside the engine's network. */
  readonly address: string;
  readonly log: Log;
}

/**
 * Takes every TCP connection to the address that stands for the user's machine, and asks the host to connect it to
 * the same port there. Which ports those may be is the host's to say. Ends with the process. Never rejects.
 */
export async function serveHostServices({ session, address, log }: HostServicesOptions): Promise<void> {
  try {
    const listener = listenRedirected(address);
    await redirect(address, listener.port);
    for (let client = await listener.accept(); client !== null; client = await listener.accept()) {
      joinStreams(client.connection, session.open(`host:${client.port}`));
    }
  } catch (error) {
    log("error", "agent.host_services.failed", { reason: String(error) });
  }
}

/**
 * What may write the rule; the first is what dockerd gets where the kernel has it. Namespace and rules are made anew
 * for each agent: nothing has to be taken back.
 */
const RULE_WRITERS = ["iptables-legacy-restore", "iptables-nft-restore"] as const;

/** @throws {Deno.errors.NotSupported} with what the last of them said. */
async function redirect(address: string, port: number): Promise<void> {
  const rule = `-d ${address}/32 -p tcp -j DNAT --to-destination ${address}:${port}`;
  const rules = ["*nat", `-A PREROUTING ${rule}`, `-A OUTPUT ${rule}`, "COMMIT", ""].join("\n");
  let complaint = "";
  for (const program of RULE_WRITERS) {
    const child = new Deno.Command(program, {
      args: ["--noflush", "--wait"],
      stdin: "piped",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    // One that ends without reading says why on its stderr.
    await writer.write(new TextEncoder().encode(rules)).then(() => writer.close()).catch(() => {});
    const { success, stderr } = await child.output();
    if (success) return;
    complaint = new TextDecoder().decode(stderr).trim();
  }
  throw new Deno.errors.NotSupported(complaint);
}
