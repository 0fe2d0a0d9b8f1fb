/**
 * How long a zstd frame is, without decoding it: its blocks say how long they are (RFC 8878, section 3.1.1). Needed because
 * a decoder of a file stops at the end of the first frame, while a reader of consecutive frames continues with the next.
 */

/** Reads `length` bytes from `offset` on; fewer only at the end of the file. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

const MAGIC = 0xfd2f_b528;
const MAGIC_BYTES = 4;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
/** Kind of a block that stands for one byte many times; the others are as long as they say. */
const REPEATED_BYTE = 1;
const RESERVED_KIND = 3;

/** Length in bytes of the frame with which the file begins; `undefined` if it does not begin with a whole one. */
export async function frameLength(read: ReadAt): Promise<number | undefined> {
  const start = await read(0, MAGIC_BYTES + 1);
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  if (start.length <= MAGIC_BYTES || view.getUint32(0, true) !== MAGIC) return undefined;
  const descriptor = start[MAGIC_BYTES]!;
  let offset = MAGIC_BYTES + 1 + optionalHeaderBytes(descriptor);
  for (let isLast = false; !isLast;) {
    const header = await read(offset, BLOCK_HEADER_BYTES);
    if (header.length < BLOCK_HEADER_BYTES) return undefined;
    const word = header[0]! | header[1]! << 8 | header[2]! << 16;
    const kind = word >> 1 & 3;
    if (kind === RESERVED_KIND) return undefined;
    isLast = (word & 1) === 1;
    offset += BLOCK_HEADER_BYTES + (kind === REPEATED_BYTE ? 1 : word >> 3);
  }
  offset += (descriptor & 4) === 0 ? 0 : CHECKSUM_BYTES;
  return (await read(offset - 1, 1)).length === 1 ? offset : undefined;
}

/** What follows the descriptor: window, dictionary, content size, each in a size that the descriptor gives. */
function optionalHeaderBytes(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const window = isSingleSegment ? 0 : 1;
  const dictionary = [0, 1, 2, 4][descriptor & 3]!;
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  return window + dictionary + contentSize;
}
