import { pipeline, Readable } from "node:stream";
import { createZstdDecompress } from "node:zlib";
import { isZstd, ZstdFrameScanner } from "./zstd_frames.ts";

/** What the decompressor hands out at a time: few enough chunks, and no longer than the pipe to wsl takes well. */
const CHUNK_BYTES = 256 * 1024;
/** Enough to recognize the kind of an archive. */
const SNIFFED_BYTES = 4;

/**
 * The archive without its compression if that is zstd, and as it is otherwise. Every WSL takes a plain tar; whether
 * one takes zstd depends on how its bsdtar was built, and nobody promises it.
 *
 * The stream fails with `WL_ROOTFS_INVALID` where the archive is damaged or ends too early.
 */
export function plainArchive(source: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const chunks = plainChunks(source);
  let isBegun = false;
  return new ReadableStream({
    async pull(controller) {
      isBegun = true;
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async (reason) => {
      if (isBegun) await chunks.return(undefined);
      else await source.cancel(reason); // a generator that has not begun would not
    },
  }, { highWaterMark: 0 });
}

async function* plainChunks(source: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  await using reader = new ChunkReader(source);
  const beginning = await reader.beginning();
  if (!isZstd(beginning)) return yield* reader.chunks();
  const frames = new FrameReader(reader);
  while (await frames.hasNext()) {
    const decompressed = createZstdDecompress({ chunkSize: CHUNK_BYTES });
    // The callback makes a failure of either end both; the loop below throws it.
    pipeline(Readable.from(frames.next()), decompressed, () => {});
    yield* decompressed;
  }
}

/** Reads chunks, and gives back those that were only inspected. */
class ChunkReader implements AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #waiting: Uint8Array<ArrayBuffer> | null = null;
  #ended = false;

  constructor(source: ReadableStream<Uint8Array>) {
    this.#reader = source.getReader();
  }

  /** The first bytes, which stay to be read: at least as many as are inspected, if there are so many. */
  async beginning(): Promise<Uint8Array<ArrayBuffer>> {
    let bytes = new Uint8Array(0);
    while (bytes.length < SNIFFED_BYTES) {
      const chunk = await this.read();
      if (chunk === null) break;
      if (bytes.length === 0) bytes = chunk;
      else bytes = new Uint8Array([...bytes, ...chunk]);
    }
    this.#waiting = bytes;
    return bytes;
  }

  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null && waiting.length > 0) return waiting;
    if (this.#ended) return null;
    const { done, value } = await this.#reader.read();
    this.#ended = done;
    return done ? null : value as Uint8Array<ArrayBuffer>;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    for (let chunk = await this.read(); chunk !== null; chunk = await this.read()) yield chunk;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) await this.#reader.cancel().catch(() => {});
  }
}

/** Reads an archive frame by frame. */
class FrameReader {
  readonly #scanner = new ZstdFrameScanner();
  readonly #reader: ChunkReader;
  #pieces = this.#scanner.push(new Uint8Array(0));
  #piece: { readonly bytes: Uint8Array<ArrayBuffer>; readonly isLast: boolean } | null = null;

  constructor(reader: ChunkReader) {
    this.#reader = reader;
  }

  /** Whether there is another frame. @throws {WindlassError} `WL_ROOTFS_INVALID` when the archive ends too early. */
  async hasNext(): Promise<boolean> {
    this.#piece ??= await this.#read();
    return this.#piece !== null;
  }

  /** The pieces of one frame. */
  async *next(): AsyncGenerator<Uint8Array> {
    for (let piece = this.#piece; piece !== null; piece = await this.#read()) {
      this.#piece = null;
      if (piece.bytes.length > 0) yield piece.bytes;
      if (piece.isLast) return;
    }
  }

  async #read() {
    for (;;) {
      const { done, value } = this.#pieces.next();
      if (!done) return value;
      const chunk = await this.#reader.read();
      if (chunk === null) {
        this.#scanner.finish();
        return null;
      }
      this.#pieces = this.#scanner.push(chunk);
    }
  }
}
