import assert from "node:assert/strict";
import fc from "fast-check";
import { tarEnd, tarHeader, tarPadding } from "./tar_member.ts";

Deno.test("tarHeader() has a checksum over its other bytes", () => {
  const member = fc.record({
    path: fc.stringMatching(/^[a-z./]{1,100}$/),
    mode: fc.nat(0o7777),
    size: fc.nat(8 ** 9),
  });
  fc.assert(fc.property(member, (sample) => {
    const header = tarHeader(sample);
    const stated = parseInt(new TextDecoder().decode(header.subarray(148, 154)), 8);
    const spaces = header.fill(32, 148, 156);
    assert.equal(header.length, 512);
    assert.equal(stated, spaces.reduce((sum, byte) => sum + byte, 0));
  }));
});

Deno.test("tarHeader() refuses a path or a size that does not fit", () => {
  assert.throws(() => tarHeader({ path: "a".repeat(101), mode: 0o644, size: 0 }), {
    message: "Cannot write a tar header: the path has 101 bytes, not 1 to 100",
  });
  assert.throws(() => tarHeader({ path: "a", mode: 0o644, size: 8 ** 11 }), {
    message: "Cannot write a tar header: the size is 8589934592, not 0 to 8589934591",
  });
});

Deno.test("tarPadding() fills up to whole blocks", () => {
  assert.deepEqual([0, 1, 511, 512, 513].map((size) => tarPadding(size).length), [0, 511, 1, 0, 511]);
  assert.deepEqual(tarEnd(), new Uint8Array(1024));
});
