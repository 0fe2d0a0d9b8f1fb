import type { ClientConnection, Listener } from "../../../src/platform/listener.ts";
import { listenNamedPipe } from "../../../src/platform/windows/pipe/named_pipe.ts";

/** A name that no other run uses. */
export function uniqueName(): string {
  return `windlass-test-${crypto.randomUUID()}`;
}

/** Reads what is left, and counts it. */
export async function readToEnd(connection: ClientConnection): Promise<number> {
  let count = 0;
  for (let bytes = await connection.read(); bytes !== null; bytes = await connection.read()) {
    count += bytes.length;
  }
  return count;
}

/** A server that sends back whatever comes, on a pipe of its own. */
export interface EchoServer extends Disposable {
  readonly address: string;
  /** How many connections are open. */
  readonly open: number;
}

/** Starts it. Disposing it stops it; connections end with their clients. */
export async function runEcho(): Promise<EchoServer> {
  const listener = await listenNamedPipe(uniqueName());
  const connections = new Set<ClientConnection>();
  void acceptAll(listener, connections);
  return {
    address: listener.address,
    get open() {
      return connections.size;
    },
    [Symbol.dispose]: () => listener.close(),
  };
}

async function acceptAll(listener: Listener, connections: Set<ClientConnection>): Promise<void> {
  for (let client = await listener.accept(); client !== null; client = await listener.accept()) {
    void sendBack(client, connections);
  }
}

async function sendBack(connection: ClientConnection, connections: Set<ClientConnection>): Promise<void> {
  connections.add(connection);
  try {
    for (let bytes = await connection.read(); bytes !== null; bytes = await connection.read()) {
      await connection.write(bytes);
    }
  } catch {
    // The client went while it was written to.
  } finally {
    connection.close();
    connections.delete(connection);
  }
}
