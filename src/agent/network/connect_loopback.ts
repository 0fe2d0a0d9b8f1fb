import { connectionDuplex } from "../../streams/connection_duplex.ts";
import type { Duplex } from "../../streams/duplex.ts";

/** A loopback address answers at once, unless the program that listens there has stopped accepting. */
const CONNECT_MILLISECONDS = 5_000;

/** Connects to a port of the engine's own loopback interface; resolves to nothing if nobody answers there. */
export async function connectLoopback(hostname: string, port: number): Promise<Duplex | undefined> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), CONNECT_MILLISECONDS);
  try {
    const connection = await Deno.connect({ hostname, port, signal: late.signal });
    connection.setNoDelay(true); // what is forwarded has been gathered already
    return connectionDuplex(connection);
  } catch {
    return undefined; // refused, or too late: the machine is asked next, and says why it has nobody either
  } finally {
    clearTimeout(timer);
  }
}
