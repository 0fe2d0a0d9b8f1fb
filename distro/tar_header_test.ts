import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeTarHeader, paddedSize, TAR_BLOCK_BYTES, type TarEntry } from "./tar_header.ts";

const FILE: TarEntry = { path: "etc/wsl.conf", type: "file", mode: 0o644, uid: 0, gid: 0, size: 17 };
const decoder = new TextDecoder();

Deno.test("encodeTarHeader() writes one ustar block when the names fit", () => {
  const block = encodeTarHeader(FILE);
  assert.equal(block.length, TAR_BLOCK_BYTES);
  assert.equal(decoder.decode(block.subarray(0, 13)), "etc/wsl.conf\0");
  assert.equal(decoder.decode(block.subarray(100, 108)), "0000644\0");
  assert.equal(decoder.decode(block.subarray(124, 136)), "00000000021\0");
  assert.equal(decoder.decode(block.subarray(257, 265)), "ustar\x0000");
});

Deno.test("encodeTarHeader() ends the name of a folder with a slash", () => {
  const block = encodeTarHeader({ ...FILE, path: "etc", type: "directory", size: 0 });
  assert.equal(decoder.decode(block.subarray(0, 5)), "etc/\0");
});

Deno.test("encodeTarHeader() cuts a long path at a slash", () => {
  const block = encodeTarHeader({ ...FILE, path: `${"a".repeat(90)}/${"b".repeat(90)}` });
  assert.equal(block.length, TAR_BLOCK_BYTES);
  assert.equal(decoder.decode(block.subarray(0, 91)), `${"b".repeat(90)}\0`);
  assert.equal(decoder.decode(block.subarray(345, 436)), `${"a".repeat(90)}\0`);
});

Deno.test("encodeTarHeader() adds a pax header when a path cannot be cut", () => {
  const path = "c".repeat(120);
  const blocks = encodeTarHeader({ ...FILE, path });
  assert.equal(blocks.length, 3 * TAR_BLOCK_BYTES);
  assert.equal(decoder.decode(blocks.subarray(512, 512 + 130)), `130 path=${path}\n`);
});

Deno.test("encodeTarHeader() sums its own bytes, for every entry", () => {
  fc.assert(fc.property(
    fc.stringMatching(/^[a-z]{1,90}$/),
    fc.integer({ min: 0, max: 0o7777 }),
    fc.integer({ min: 0, max: 2 ** 32 }),
    (path, mode, size) => {
      const block = encodeTarHeader({ ...FILE, path, mode, size });
      const written = parseInt(decoder.decode(block.subarray(148, 154)), 8);
      block.fill(0x20, 148, 156);
      assert.equal(written, block.reduce((sum, byte) => sum + byte, 0));
    },
  ));
});

Deno.test("paddedSize() rounds up to whole blocks", () => {
  assert.deepEqual([0, 1, 512, 513].map(paddedSize), [0, 512, 512, 1024]);
});
