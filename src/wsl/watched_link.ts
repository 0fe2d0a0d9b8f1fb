import type { Duplex } from "../streams/duplex.ts";

/** A link whose first bytes are kept. */
export interface WatchedLink {
  /** Does what the given one does. */
  readonly link: Duplex;
  /** The first bytes that were read: when wsl fails, they are its error, and there are no others. */
  head(): Uint8Array<ArrayBuffer>;
  /** Resolves once nothing more can be added: the head is full, a read has found the end, or the link was closed. */
  readonly headComplete: Promise<void>;
}

/** Keeps the first bytes that are read from a link; the rest passes without being copied, or waited for here. */
export function watchedLink(link: Duplex, headBytes: number): WatchedLink {
  const kept = new Uint8Array(headBytes);
  let length = 0;
  let complete = false;
  const { promise: headComplete, resolve } = Promise.withResolvers<void>();
  const end = () => {
    complete = true;
    resolve();
  };

  async function watch<Bytes extends Uint8Array>(reading: Promise<Bytes | null>): Promise<Bytes | null> {
    let bytes: Bytes | null = null;
    try {
      bytes = await reading;
    } finally {
      if (bytes === null) end();
    }
    if (bytes === null) return null;
    const part = bytes.subarray(0, headBytes - length);
    kept.set(part, length);
    length += part.length;
    if (length === headBytes) end();
    return bytes;
  }

  const close = () => {
    link.close();
    end();
  };
  const readInto = link.readInto?.bind(link);
  return {
    link: {
      read: () => complete ? link.read() : watch(link.read()),
      ...(readInto === undefined ? {} : {
        readInto: (buffer) => complete ? readInto(buffer) : watch(readInto(buffer)),
      }),
      write: (bytes) => link.write(bytes),
      closeWrite: () => link.closeWrite(),
      close,
      [Symbol.dispose]: close,
    },
    head: () => kept.subarray(0, length),
    headComplete,
  };
}
