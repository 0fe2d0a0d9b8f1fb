import type { Duplex } from "../streams/duplex.ts";

/** A process's stdin and stdout as one byte stream. Closing it closes both pipes. */
export function processLink(stdin: WritableStream<Uint8Array>, stdout: ReadableStream<Uint8Array>): Duplex {
  const writer = stdin.getWriter();
  const reader = stdout.getReader();
  writer.closed.catch(() => {}); // told by write() as well
  reader.closed.catch(() => {}); // told by read() as well
  let isWriteClosed = false;
  const close = () => {
    isWriteClosed = true;
    void writer.abort().catch(() => {});
    void reader.cancel().catch(() => {});
  };
  return {
    async read() {
      const { done, value } = await reader.read();
      return done ? null : value;
    },
    write: (bytes) => writer.write(bytes),
    async closeWrite() {
      if (isWriteClosed) return;
      isWriteClosed = true;
      await writer.close();
    },
    close,
    [Symbol.dispose]: close,
  };
}
