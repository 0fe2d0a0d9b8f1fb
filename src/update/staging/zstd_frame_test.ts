import assert from "node:assert/strict";
import { constants, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { joinBytes } from "../../../tests/fakes/sample_delta.ts";
import { rawFrame, rawFrameLength } from "../../payload/raw_frame.ts";
import { frameLength } from "./zstd_frame.ts";

const lengthOf = (bytes: Uint8Array) =>
  frameLength((offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)));

Deno.test("frameLength() finds the end of what zstd makes, whatever follows", async () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 500 }),
    fc.nat(400_000).map((size) => new Uint8Array(size)),
  );
  await fc.assert(
    fc.asyncProperty(content, fc.boolean(), fc.uint8Array(), async (bytes, checksum, behind) => {
      const params = { [constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0 };
      const frame = zstdCompressSync(bytes, { params });
      assert.equal(await lengthOf(joinBytes([frame, behind])), frame.length);
    }),
    { numRuns: 50 },
  );
});

Deno.test("frameLength() finds the end of a frame without compression", async () => {
  const content = new Uint8Array(300_000).map((_, place) => place * place);
  const frame = joinBytes(await Array.fromAsync(rawFrame(ReadableStream.from([content]), content.length)));
  assert.equal(await lengthOf(joinBytes([frame, frame])), rawFrameLength(content.length));
});

Deno.test("frameLength() is undefined for a frame that is cut short, and for anything else", async () => {
  const frame = zstdCompressSync(new Uint8Array(300_000).map((_, place) => place * place));
  for (const end of [0, 4, 5, 9, frame.length - 1]) {
    assert.equal(await lengthOf(frame.subarray(0, end)), undefined);
  }
  assert.equal(await lengthOf(new TextEncoder().encode("a text, and not a frame")), undefined);
  const skippable = new Uint8Array([0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9]);
  assert.equal(await lengthOf(skippable), undefined);
});
