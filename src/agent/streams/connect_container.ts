import type { IncomingStream } from "../../mux/mux_session.ts";
import { PeriodicChecks } from "../../timing/periodic_checks.ts";
import { AGENT_LIMITS } from "../agent_limits.ts";

/** Checks the connections that are being made. */
const CONNECTING = new PeriodicChecks(AGENT_LIMITS.connectCheckMilliseconds);

/**
 * Connects a stream to a port of a container. A client that leaves must not keep a descriptor that waits for a
 * container which does not answer, and one that stays is refused after a while, which aborts `gone`. A timeout of its
 * own would outlive each connection by half a minute.
 *
 * @param gone Aborted when the stream has ended.
 */
export async function connectContainer(
  { hostname, port }: { readonly hostname: string; readonly port: number },
  incoming: Pick<IncomingStream, "refuse">,
  gone: AbortSignal,
): Promise<Deno.TcpConn> {
  const since = performance.now();
  const check = () => {
    const isLate = performance.now() - since >= AGENT_LIMITS.containerConnectMilliseconds;
    if (isLate) incoming.refuse(`${hostname}:${port} does not answer`);
  };
  CONNECTING.add(check);
  try {
    const connection = await Deno.connect({ hostname, port, signal: gone });
    connection.setNoDelay(true); // what is forwarded has been gathered already
    return connection;
  } finally {
    CONNECTING.remove(check);
  }
}
