import { type Duplex, pipeline, Readable } from "node:stream";
import { constants, createZstdDecompress } from "node:zlib";

/** How a frame is read. */
export interface ReadFrameOptions {
  /** Largest window, as a power of two of bytes, that memory is made ready for; a frame with a larger one is refused. */
  readonly windowLog: number;
  /** Bytes of one piece of the result. */
  readonly pieceBytes: number;
}

/**
 * What a zstd frame holds, in pieces, no faster than they are taken. Memory is bounded by the window and some pieces, whatever
 * the frame says. Ending the loop early ends the reading.
 *
 * @throws What the decoder says of a damaged frame, or what reading it failed with.
 */
export async function* readFrame(
  stored: AsyncIterable<Uint8Array>,
  options: ReadFrameOptions,
): AsyncGenerator<Uint8Array> {
  const decoder: Duplex = createZstdDecompress({
    chunkSize: options.pieceBytes,
    params: { [constants.ZSTD_d_windowLogMax]: options.windowLog },
  });
  // Errors, including those of the source, come out of the decoder.
  pipeline(Readable.from(stored, { objectMode: true, highWaterMark: 1 }), decoder, () => {});
  try {
    for await (const piece of decoder) yield piece;
  } finally {
    decoder.destroy();
  }
}
