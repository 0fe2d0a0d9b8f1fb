import { crc32, deflateSync } from "node:zlib";

/**
 * A picture as a PNG file. Pure.
 *
 * @param pixels Red, green, blue and opacity of each pixel, row by row.
 */
export function encodePng(
  { width, height }: { readonly width: number; readonly height: number },
  pixels: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8); // bits a channel
  header.setUint8(9, 6); // colors with opacity
  const rows = new Uint8Array(height * (4 * width + 1)); // each row begins with its filter: none
  for (let row = 0; row < height; row++) {
    rows.set(pixels.subarray(4 * width * row, 4 * width * (row + 1)), row * (4 * width + 1) + 1);
  }
  return joinBytes([
    new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk("IHDR", new Uint8Array(header.buffer)),
    pngChunk("IDAT", new Uint8Array(deflateSync(rows, { level: 9 }))),
    pngChunk("IEND", new Uint8Array()),
  ]);
}

function pngChunk(type: string, data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const named = joinBytes([new TextEncoder().encode(type), data]);
  const length = new DataView(new ArrayBuffer(4)), checksum = new DataView(new ArrayBuffer(4));
  length.setUint32(0, data.length);
  checksum.setUint32(0, crc32(named));
  return joinBytes([new Uint8Array(length.buffer), named, new Uint8Array(checksum.buffer)]);
}

/** The parts in a row. */
export function joinBytes(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
