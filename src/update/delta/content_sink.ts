import { createHash } from "node:crypto";
import { once } from "node:events";
import { constants, createZstdCompress } from "node:zlib";

/** What lies in the file that a sink has written. */
export interface StoredContent {
  /** sha256 of the file, in lower-case hexadecimal. */
  readonly storedDigest: string;
  readonly storedLength: number;
}

/** Where a component's uncompressed bytes go. One call at a time. */
export interface ContentSink extends AsyncDisposable {
  /** Resolves when `piece` may be used for something else. */
  write(piece: Uint8Array): Promise<void>;
  /** Everything was written; the bytes are on the disk when it resolves. */
  finish(): Promise<void>;
}

/** A sink that writes a zstd frame and says which. */
export interface FrameSink extends ContentSink {
  /** What was written; known after {@linkcode ContentSink.finish}. */
  stored(): StoredContent;
}

/**
 * What the result of a delta is compressed with: 400 MB take a second, and become 36 % of that. It is only local: other
 * installations get the release's own frame or a delta as well.
 */
const LEVEL = 1;
/** Bytes of one piece of the frame. */
const FRAME_PIECE_BYTES = 256 * 1024;

/** Writes the bytes as they are to a new file. */
export async function openRawSink(path: string): Promise<ContentSink> {
  return new RawSink(await openNew(path));
}

/** Writes the bytes as one zstd frame to a new file. */
export async function openFrameSink(path: string): Promise<FrameSink> {
  return new CompressingSink(await openNew(path));
}

class RawSink implements ContentSink {
  constructor(readonly file: Deno.FsFile) {}

  async write(piece: Uint8Array): Promise<void> {
    for (let written = 0; written < piece.length;) written += await this.file.write(piece.subarray(written));
  }

  async finish(): Promise<void> {
    await this.file.sync();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.file[Symbol.dispose]();
    return Promise.resolve();
  }
}

class CompressingSink implements FrameSink {
  readonly #hash = createHash("sha256");
  #length = 0;
  #digest = "";
  readonly #encoder;
  readonly #copied: Promise<void>;

  constructor(readonly file: Deno.FsFile) {
    this.#encoder = createZstdCompress({
      chunkSize: FRAME_PIECE_BYTES,
      params: { [constants.ZSTD_c_compressionLevel]: LEVEL },
    });
    this.#copied = this.#copy();
    this.#copied.catch((error) => this.#encoder.destroy(error)); // write() and finish() report it
  }

  async write(piece: Uint8Array): Promise<void> {
    const taken = Promise.withResolvers<void>();
    this.#encoder.write(piece, (error) => error ? taken.reject(error) : taken.resolve());
    await Promise.race([taken.promise, this.#copied]);
  }

  async finish(): Promise<void> {
    this.#encoder.end();
    await this.#copied;
    await this.file.sync();
    this.#digest = this.#hash.digest("hex");
  }

  stored(): StoredContent {
    return { storedDigest: this.#digest, storedLength: this.#length };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#encoder.closed) {
      this.#encoder.destroy();
      await once(this.#encoder, "close").catch(() => {});
    }
    await this.#copied.catch(() => {});
    this.file[Symbol.dispose]();
  }

  async #copy(): Promise<void> {
    for await (const piece of this.#encoder as AsyncIterable<Uint8Array>) {
      this.#hash.update(piece);
      this.#length += piece.length;
      for (let written = 0; written < piece.length;) {
        written += await this.file.write(piece.subarray(written));
      }
    }
  }
}

async function openNew(path: string): Promise<Deno.FsFile> {
  return await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
}
