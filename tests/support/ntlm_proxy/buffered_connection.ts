/** A connection of which heads of HTTP are read, and what follows them as it comes. */
export interface BufferedConnection extends Disposable {
  /** Up to and with the empty line; `null` at the end of the connection. */
  readHead(): Promise<string | null>;
  /** What comes next; `null` at the end. */
  read(): Promise<Uint8Array | null>;
  write(data: string | Uint8Array): Promise<void>;
  closeWrite(): Promise<void>;
}

const CHUNK_BYTES = 64 * 1024;
const HEAD_END = "\r\n\r\n";

/** Takes the connection over. */
export function bufferConnection(connection: Deno.TcpConn): BufferedConnection {
  let ahead = new Uint8Array(0);
  let closed = false;
  const receive = async () => {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const read = await connection.read(chunk);
    return read === null ? null : chunk.subarray(0, read);
  };
  return {
    async readHead() {
      for (;;) {
        // One byte is one character here, so that places in the text are places in the bytes.
        const end = new TextDecoder("latin1").decode(ahead).indexOf(HEAD_END);
        if (end >= 0) {
          const head = ahead.subarray(0, end + HEAD_END.length);
          ahead = ahead.slice(end + HEAD_END.length);
          return new TextDecoder("latin1").decode(head);
        }
        const chunk = await receive();
        if (chunk === null) return null;
        ahead = Uint8Array.from([...ahead, ...chunk]);
      }
    },
    async read() {
      if (ahead.length === 0) return await receive();
      const data = ahead;
      ahead = new Uint8Array(0);
      return data;
    },
    async write(data) {
      const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
      for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    },
    closeWrite: () => connection.closeWrite(),
    [Symbol.dispose]() {
      if (!closed) connection.close();
      closed = true;
    },
  };
}

/** Copies until the end of one, and ends the other's input then. */
export async function copyUntilEnd(from: BufferedConnection, to: BufferedConnection): Promise<void> {
  for (let data = await from.read(); data !== null; data = await from.read()) await to.write(data);
  await to.closeWrite();
}
