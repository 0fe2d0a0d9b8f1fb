import assert from "node:assert/strict";
import { zstdDecompressSync } from "node:zlib";
import { rawFrame, rawFrameLength } from "./raw_frame.ts";

const BLOCK = 128 * 1024;

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let place = 0; place < bytes.length; place += size) {
    yield await Promise.resolve(bytes.subarray(place, place + size));
  }
}

for (const length of [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK]) {
  Deno.test(`rawFrame() around ${length} bytes is a zstd frame of the length that was stated`, async () => {
    const content = new Uint8Array(length).map((_, place) => place % 251);
    for (const size of [1_000, BLOCK, 400_000]) {
      const parts = await Array.fromAsync(rawFrame(inPieces(content, size), length));
      const frame = new Uint8Array(await new Blob(parts).arrayBuffer());
      assert.equal(frame.length, rawFrameLength(length));
      assert.deepEqual(new Uint8Array(zstdDecompressSync(frame)), content);
    }
  });
}
