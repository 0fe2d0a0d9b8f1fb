import type { Log } from "../logging/log.ts";
import type { MuxSession } from "../mux/mux_session.ts";
import { connectionDuplex } from "../streams/connection_duplex.ts";
import { joinStreams } from "../streams/join_streams.ts";

/** Where the programs that stand in for docker-proxy ask for their ports. */
const SOCKET = "/run/windlass/ports.sock";
/** What the host serves them under. */
const TARGET = "port";

/**
 * Joins each of those programs to the host, which answers them; the agent has no part in what they say. Ends with the
 * process.
 */
export async function servePortRequests(session: Pick<MuxSession, "open">, log: Log): Promise<void> {
  try {
    // A predecessor's file; it was killed, or is just leaving.
    await Deno.remove(SOCKET).catch(() => {});
    const listener = Deno.listen({ transport: "unix", path: SOCKET });
    for await (const connection of listener) {
      joinStreams(connectionDuplex(connection), session.open(TARGET));
    }
  } catch (error) {
    log("error", "agent.ports.failed", { reason: String(error) });
  }
}
