import { createHash } from "node:crypto";
import { unlessMissing } from "../../errors/unless_missing.ts";
import type { StagedSource } from "../../payload/version_store.ts";
import type { StoredContent } from "../delta/content_sink.ts";
import type { ReleaseBlob, ReleaseComponent } from "../release/release_document.ts";
import { expandFrame, FrameError } from "./expand_frame.ts";
import { isPlainFile } from "./staging_folder.ts";
import { STAGING_PIECE_BYTES } from "./staging_limits.ts";
import { frameLength } from "./zstd_frame.ts";

/**
 * Checks a staged component, byte for byte: its raw bytes, or that it is one zstd frame of them with nothing behind it.
 *
 * @returns `undefined` if it does not exist, is not a regular file, or holds something else.
 */
export async function checkStagedFile(
  path: string,
  component: ReleaseComponent,
  signal: AbortSignal,
): Promise<StagedSource | undefined> {
  if (component.unpack) {
    const isRight = await isBlob(path, { sha256: component.id, length: component.length }, signal);
    return isRight ? { path } : undefined;
  }
  const stored = await checkFrame(path, component, signal);
  return stored && { path, ...stored };
}

/** Whether the file is a plain one with just these bytes. */
export async function isBlob(path: string, blob: ReleaseBlob, signal: AbortSignal): Promise<boolean> {
  const status = await plainFile(path);
  if (status?.size !== blob.length) return false;
  const reading = new HashedReading(path, signal);
  for await (const _ of reading.pieces()) { /* hashed on the way */ }
  return reading.result().storedDigest === blob.sha256;
}

/** The bytes of a file, in pieces. */
export function readPieces(path: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
  return new HashedReading(path, signal).pieces();
}

async function checkFrame(
  path: string,
  { id, length }: ReleaseComponent,
  signal: AbortSignal,
): Promise<StoredContent | undefined> {
  const status = await plainFile(path);
  if (status === undefined || await lengthOfFrame(path) !== status.size) return undefined;
  const reading = new HashedReading(path, signal);
  try {
    await expandFrame({ stored: reading.pieces(), content: { id, length }, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof FrameError) return undefined;
    throw error;
  }
  const stored = reading.result();
  return stored.storedLength === status.size ? stored : undefined;
}

async function lengthOfFrame(path: string): Promise<number | undefined> {
  using file = await Deno.open(path);
  return await frameLength(async (offset, length) => {
    await file.seek(offset, Deno.SeekMode.Start);
    const bytes = new Uint8Array(length);
    let filled = 0;
    for (let count; filled < length && (count = await file.read(bytes.subarray(filled))) !== null;) {
      filled += count;
    }
    return bytes.subarray(0, filled);
  });
}

async function plainFile(path: string): Promise<Deno.FileInfo | undefined> {
  const status = await unlessMissing(() => Deno.lstat(path));
  return status !== undefined && isPlainFile(status) ? status : undefined;
}

/** Reads a file from its beginning to its end, and knows then what it has read. */
class HashedReading {
  readonly #hash = createHash("sha256");
  #length = 0;

  constructor(readonly path: string, readonly signal: AbortSignal) {}

  async *pieces(): AsyncGenerator<Uint8Array> {
    using file = await Deno.open(this.path);
    for (;;) {
      this.signal.throwIfAborted();
      const piece = new Uint8Array(STAGING_PIECE_BYTES);
      const count = await file.read(piece);
      if (count === null) return;
      this.#hash.update(piece.subarray(0, count));
      this.#length += count;
      yield piece.subarray(0, count);
    }
  }

  result(): StoredContent {
    return { storedDigest: this.#hash.digest("hex"), storedLength: this.#length };
  }
}
