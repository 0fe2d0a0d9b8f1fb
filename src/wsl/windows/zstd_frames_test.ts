import assert from "node:assert/strict";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { isZstd, ZstdFrameScanner } from "./zstd_frames.ts";

const CHECKSUM = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
const NO_SIZE = { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } };

const random = (length: number) => {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = (index * 2_654_435_761) >>> 13;
  return bytes;
};

function frame(content: Uint8Array, options = {}): Uint8Array<ArrayBuffer> {
  return new Uint8Array(zstdCompressSync(content, options));
}

/** Raw, run-length and compressed blocks, several blocks a frame, headers of each size. */
const CONTENTS = [
  new Uint8Array(0),
  new Uint8Array([1, 2, 3]),
  new Uint8Array(300_000).fill(7),
  random(70_000),
  random(300_000),
] as const;
const FRAMES = CONTENTS.flatMap((
  content,
) => [frame(content), frame(content, CHECKSUM), frame(content, NO_SIZE)]);
const SKIPPABLE = new Uint8Array([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9]);

function framesOf(chunks: readonly Uint8Array<ArrayBuffer>[]): Uint8Array[] {
  const scanner = new ZstdFrameScanner();
  const frames: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  for (const chunk of chunks) {
    for (const { bytes, isLast } of scanner.push(chunk)) {
      parts.push(bytes);
      if (!isLast) continue;
      frames.push(Buffer.concat(parts));
      parts = [];
    }
  }
  scanner.finish();
  assert.deepEqual(parts, []);
  return frames;
}

const same = (frames: readonly Uint8Array[]) => frames.map((bytes) => Buffer.from(bytes));

Deno.test("ZstdFrameScanner finds the frames of all kinds of headers and blocks", () => {
  const archive = Buffer.concat(FRAMES);
  const frames = framesOf([new Uint8Array(archive)]);
  assert.ok(Buffer.concat(frames).equals(archive));
  const content = Buffer.concat(frames.map((bytes) => zstdDecompressSync(bytes)));
  assert.ok(content.equals(Buffer.concat(CONTENTS.flatMap((part) => [part, part, part]))));
});

Deno.test("ZstdFrameScanner finds the frames wherever the archive is cut", () => {
  const small = [FRAMES[0]!, FRAMES[4]!, SKIPPABLE, FRAMES[7]!];
  const archive = new Uint8Array(Buffer.concat(small));
  for (let cut = 0; cut <= archive.length; cut++) {
    assert.deepEqual(framesOf([archive.subarray(0, cut), archive.subarray(cut)]), same(small));
  }
  const single = [...archive].map((byte) => new Uint8Array([byte]));
  assert.deepEqual(framesOf(single), same(small));
});

Deno.test("ZstdFrameScanner finds frames of any content that the decompressor agrees with", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 5_000 })), (contents) => {
    const frames = framesOf([new Uint8Array(Buffer.concat(contents.map((content) => frame(content))))]);
    const content = Buffer.concat(frames.map((bytes) => zstdDecompressSync(bytes)));
    assert.ok(content.equals(Buffer.concat(contents)));
  }));
});

Deno.test("ZstdFrameScanner refuses an archive that ends within a frame", () => {
  const archive = new Uint8Array(Buffer.concat([FRAMES[1]!, FRAMES[4]!]));
  for (const length of [1, 5, FRAMES[1]!.length + 3, archive.length - 1]) {
    assert.throws(() => framesOf([archive.subarray(0, length)]), {
      code: "WL_ROOTFS_INVALID",
      message: "Cannot read the archive of a distro: it ends in the middle of a frame",
    });
  }
});

Deno.test("ZstdFrameScanner refuses what is not a frame", () => {
  for (
    const [bytes, state] of [
      [[...FRAMES[1]!, 1, 2, 3, 4, 5, 6], "it continues with something other than a frame"],
      [[0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 0x07, 0, 0], "it has a block of an unknown kind"],
    ] as const
  ) {
    assert.throws(() => framesOf([new Uint8Array(bytes)]), {
      code: "WL_ROOTFS_INVALID",
      message: `Cannot read the archive of a distro: ${state}`,
    });
  }
});

Deno.test("isZstd() looks at the first four bytes", () => {
  assert.equal(isZstd(FRAMES[0]!), true);
  assert.equal(isZstd(FRAMES[0]!.subarray(0, 3)), false);
  assert.equal(isZstd(new Uint8Array([0x1f, 0x8b, 8, 0])), false);
});
