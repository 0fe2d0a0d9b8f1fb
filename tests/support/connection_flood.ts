import { pause } from "./eventually.ts";

/** Connections that are opened at a time: as many as a listener's backlog surely takes. */
const AT_ONCE = 64;
/** How long a flood gets, once it is complete, for the other end to close what it does not take. */
const SETTLE_MILLISECONDS = 300;

/** Many connections of one client. Disposal closes them. */
export interface ConnectionFlood extends Disposable {
  /** Connections that the other end has not closed. */
  readonly open: number;
}

/** Opens connections and sends what is given on each, and nothing else. */
export async function floodConnections(
  options: Deno.ConnectOptions | Deno.UnixConnectOptions,
  count: number,
  text = "",
): Promise<ConnectionFlood> {
  const connections: Deno.Conn[] = [];
  let open = 0;
  const hold = async (connection: Deno.Conn) => {
    connections.push(connection);
    open++;
    try {
      if (text !== "") await connection.write(new TextEncoder().encode(text));
      const buffer = new Uint8Array(4_096);
      while (await connection.read(buffer) !== null);
    } catch {
      // Closed by the other end, or by us.
    }
    open--;
  };
  for (let begun = 0; begun < count; begun += AT_ONCE) {
    await Promise.all(
      Array.from(
        { length: Math.min(AT_ONCE, count - begun) },
        () =>
          Deno.connect(options as Deno.ConnectOptions).then((connection) => void hold(connection), () => {}),
      ),
    );
  }
  await pause(SETTLE_MILLISECONDS);
  return {
    get open() {
      return open;
    },
    [Symbol.dispose]() {
      for (const connection of connections) {
        try {
          connection.close();
        } catch {
          // It has been closed by its end.
        }
      }
    },
  };
}
