/** A service of this machine that shows what reached it, and answers what a test wants. */
export interface RawService extends Disposable {
  readonly port: number;
  /** What each connection has sent so far, with one character per byte; newest last. */
  readonly received: readonly string[];
  /** Connections that neither end has closed. */
  readonly open: number;
}

/** What a service does with a connection; when it returns, the connection is closed. */
export type ServeRaw = (connection: RawServiceConnection) => Promise<void>;

/** One connection of a {@linkcode RawService}. */
export interface RawServiceConnection {
  /** Reads until what came on this connection matches. Resolves to `false` if the client ends before. */
  until(pattern: RegExp): Promise<boolean>;
  /** What came so far. */
  text(): string;
  /** A text has one character per byte. */
  write(data: string | Uint8Array): Promise<void>;
  /** Ends our direction. */
  closeWrite(): Promise<void>;
  /** Reads and drops what comes, to the end. */
  drain(): Promise<void>;
}

/** The end of a head. */
export const HEAD_END = /\r\n\r\n/;

/** Opens a service on a loopback address. Disposal closes all its connections. */
export function openRawService(serve: ServeRaw, hostname = "127.0.0.1"): RawService {
  const listener = Deno.listen({ hostname, port: 0 });
  const connections = new Set<Deno.TcpConn>();
  const received: string[] = [];
  const accept = async () => {
    for await (const connection of listener) {
      connections.add(connection);
      const index = received.push("") - 1;
      const append = (text: string) => received[index] += text;
      serve(rawConnection(connection, () => received[index]!, append)).catch(() => {}).finally(() => {
        if (connections.delete(connection)) connection.close();
      });
    }
  };
  accept().catch(() => {}); // closed
  return {
    port: listener.addr.port,
    received,
    get open() {
      return connections.size;
    },
    [Symbol.dispose]() {
      listener.close();
      for (const connection of connections) connection.close();
      connections.clear();
    },
  };
}

function rawConnection(
  connection: Deno.TcpConn,
  all: () => string,
  append: (text: string) => void,
): RawServiceConnection {
  const buffer = new Uint8Array(64 * 1024);
  const latin1 = new TextDecoder("latin1");
  return {
    until: async (pattern) => {
      while (!pattern.test(all())) {
        const count = await connection.read(buffer);
        if (count === null) return false;
        append(latin1.decode(buffer.subarray(0, count)));
      }
      return true;
    },
    text: all,
    write: async (data) => {
      let rest = typeof data === "string"
        ? Uint8Array.from(data, (character) => character.charCodeAt(0))
        : data;
      while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
    },
    closeWrite: () => connection.closeWrite(),
    drain: async () => {
      while (await connection.read(buffer) !== null);
    },
  };
}

/** Answers one request of each connection with a word and its path. */
export function answerOnce(word: string): ServeRaw {
  return async (connection) => {
    if (!await connection.until(HEAD_END)) return;
    const body = `${connection.text().split(" ")[1]} ${word}`;
    await connection.write(
      `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await connection.closeWrite();
    await connection.drain();
  };
}
