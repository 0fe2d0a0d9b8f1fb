import { unlessMissing } from "../errors/unless_missing.ts";

/**
 * Reads a file of at most `limit` bytes; `undefined` if it is longer, or is not a plain file: a link, a folder, a pipe.
 *
 * @throws {Deno.errors.NotFound} if there is none, and whatever else keeps it from being read.
 */
export async function readSmallFile(path: string, limit: number): Promise<Uint8Array | undefined> {
  const status = await Deno.lstat(path);
  if (!status.isFile || status.size > limit) return undefined;
  using file = await Deno.open(path);
  const bytes = new Uint8Array(limit + 1);
  let length = 0;
  while (length < bytes.length) {
    const count = await file.read(bytes.subarray(length));
    if (count === null) return bytes.subarray(0, length);
    length += count;
  }
  return undefined;
}

/** As {@linkcode readSmallFile}, but `undefined` also if there is no file. */
export async function readSmallFileIfPresent(path: string, limit: number): Promise<Uint8Array | undefined> {
  return await unlessMissing(() => readSmallFile(path, limit));
}
