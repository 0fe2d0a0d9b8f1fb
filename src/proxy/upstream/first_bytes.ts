import type { Joinable } from "../../streams/join_streams.ts";

/** A stream of which the first bytes have been read already, by an owner that hands both on. */
export function withFirstBytes(stream: Joinable, first: Uint8Array): Joinable {
  if (first.length === 0) return stream;
  let waiting: Uint8Array | undefined = first.slice(); // what was lent ends with the next read
  return {
    read: () => {
      const bytes = waiting;
      waiting = undefined;
      return bytes === undefined ? stream.read() : Promise.resolve(bytes);
    },
    write: (bytes) => stream.write(bytes),
    closeWrite: () => stream.closeWrite(),
    close: () => stream.close(),
    [Symbol.dispose]: () => stream.close(),
    reset: (reason) => stream.reset?.(reason),
    ...stream.gone === undefined ? {} : { gone: stream.gone },
  };
}
