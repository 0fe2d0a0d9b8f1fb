/**
 * Reads `length` bytes of a file from `offset` on.
 *
 * @throws {Error} if the file ends before.
 */
export async function readRange(
  file: Deno.FsFile,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  await file.seek(offset, Deno.SeekMode.Start);
  for (let filled = 0; filled < length;) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) throw new Error(`Cannot read ${length} bytes at ${offset}: the file ends before`);
    filled += count;
  }
  return bytes;
}
