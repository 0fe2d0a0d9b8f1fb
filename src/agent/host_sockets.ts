import type { Log } from "../logging/log.ts";
import type { MuxSession } from "../mux/mux_session.ts";
import { connectionDuplex } from "../streams/connection_duplex.ts";
import { joinStreams } from "../streams/join_streams.ts";

/** A socket of the distro, and the target under which the host serves what connects there. */
interface HostSocket {
  readonly path: string;
  readonly target: string;
}

const HOST_SOCKETS: readonly HostSocket[] = [
  /** Where the programs that stand in for docker-proxy ask for their ports. */
  { path: "/run/windlass/ports.sock", target: "port" },
  /** Docker's API as clients of the machine get it, with their paths translated: for the CLI in the distro. */
  { path: "/run/windlass/docker.sock", target: "client" },
];

/** Joins clients in the distro to the host, which serves them; the agent has no part in what they say. */
export function serveHostSockets(session: Pick<MuxSession, "open">, log: Log): void {
  for (const socket of HOST_SOCKETS) serveHostSocket(socket, session, log);
}

/** Ends with the process. */
async function serveHostSocket(
  { path, target }: HostSocket,
  session: Pick<MuxSession, "open">,
  log: Log,
): Promise<void> {
  try {
    // A predecessor's file; it was killed, or is just leaving.
    await Deno.remove(path).catch(() => {});
    const listener = Deno.listen({ transport: "unix", path });
    for await (const connection of listener) {
      joinStreams(connectionDuplex(connection), session.open(target));
    }
  } catch (error) {
    log("error", "agent.socket.failed", { path, reason: String(error) });
  }
}
