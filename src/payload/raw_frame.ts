/**
 * Bytes in a zstd frame without compressing them: for what lies unpacked and is wanted as a frame. Costs no time, and the frame's
 * length is known before. RFC 8878, sections 3.1.1 and 3.1.1.2.
 */

/** The most that a block may hold. */
const BLOCK_BYTES = 128 * 1024;
const BLOCK_HEADER_BYTES = 3;
/** Magic, then: eight bytes of content size, no checksum, no dictionary; then: a window of 128 KiB. */
const HEADER_START = [0x28, 0xb5, 0x2f, 0xfd, 0xc0, 0x38];
const HEADER_BYTES = HEADER_START.length + 8;

/** Length of the frame around so many bytes. */
export function rawFrameLength(contentLength: number): number {
  const blocks = Math.max(1, Math.ceil(contentLength / BLOCK_BYTES));
  return HEADER_BYTES + contentLength + blocks * BLOCK_HEADER_BYTES;
}

/** The frame around exactly `contentLength` bytes, which come in pieces of any size. */
export async function* rawFrame(
  content: AsyncIterable<Uint8Array>,
  contentLength: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield header(contentLength);
  let left = contentLength;
  let block = new Uint8Array(BLOCK_HEADER_BYTES + Math.min(BLOCK_BYTES, left));
  let filled = BLOCK_HEADER_BYTES;
  if (left === 0) yield withBlockHeader(block, true);
  for await (const piece of content) {
    for (let taken = 0; taken < piece.length;) {
      const part = piece.subarray(taken, taken + block.length - filled);
      block.set(part, filled);
      filled += part.length;
      taken += part.length;
      if (filled < block.length) continue;
      left -= filled - BLOCK_HEADER_BYTES;
      yield withBlockHeader(block, left === 0);
      if (left === 0) return;
      block = new Uint8Array(BLOCK_HEADER_BYTES + Math.min(BLOCK_BYTES, left));
      filled = BLOCK_HEADER_BYTES;
    }
  }
}

function header(contentLength: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES);
  bytes.set(HEADER_START);
  new DataView(bytes.buffer).setBigUint64(HEADER_START.length, BigInt(contentLength), true);
  return bytes;
}

/** Fills in the header of a raw block: whether it is the last one, its kind, which is 0, and its size. */
function withBlockHeader(block: Uint8Array<ArrayBuffer>, last: boolean): Uint8Array<ArrayBuffer> {
  const word = (last ? 1 : 0) | (block.length - BLOCK_HEADER_BYTES) << 3;
  block[0] = word & 0xff;
  block[1] = (word >> 8) & 0xff;
  block[2] = word >> 16;
  return block;
}
