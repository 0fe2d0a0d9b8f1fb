import type { Duplex } from "../streams/duplex.ts";

/** A link whose first bytes are kept. */
export interface WatchedLink {
  /** Does what the given one does. */
  readonly link: Duplex;
  /** The first bytes that were read: when wsl fails, they are its error, and there are no others. */
  head(): Uint8Array<ArrayBuffer>;
  /** Resolves once a read has found the end, or the link was closed. */
  readonly readToEnd: Promise<void>;
}

/** Keeps the first bytes that are read from a link; the rest passes without being copied. */
export function watchedLink(link: Duplex, headBytes: number): WatchedLink {
  const kept = new Uint8Array(headBytes);
  let length = 0;
  const end = Promise.withResolvers<void>();

  async function watch<Bytes extends Uint8Array>(reading: Promise<Bytes | null>): Promise<Bytes | null> {
    let bytes: Bytes | null = null;
    try {
      bytes = await reading;
    } finally {
      if (bytes === null) end.resolve();
    }
    if (bytes !== null && length < headBytes) {
      const part = bytes.subarray(0, headBytes - length);
      kept.set(part, length);
      length += part.length;
    }
    return bytes;
  }

  const close = () => {
    link.close();
    end.resolve();
  };
  const readInto = link.readInto?.bind(link);
  return {
    link: {
      read: () => watch(link.read()),
      ...(readInto === undefined ? {} : { readInto: (buffer) => watch(readInto(buffer)) }),
      write: (bytes) => link.write(bytes),
      closeWrite: () => link.closeWrite(),
      close,
      [Symbol.dispose]: close,
    },
    head: () => kept.subarray(0, length),
    readToEnd: end.promise,
  };
}
