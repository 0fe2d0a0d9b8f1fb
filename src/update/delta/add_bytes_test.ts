import assert from "node:assert/strict";
import fc from "fast-check";
import { addBytes } from "./add_bytes.ts";

Deno.test("addBytes() adds modulo 256, and changes nothing outside of its place", () => {
  const target = new Uint8Array([1, 250, 3, 255, 5, 6]);
  addBytes(target, 1, new Uint8Array([10, 0, 1, 255]));
  assert.deepEqual([...target], [1, 4, 3, 0, 4, 6]);
});

Deno.test("addBytes() adds every byte, wherever its addends lie in memory", () => {
  const byte = fc.oneof(fc.constant(0), fc.nat(255));
  fc.assert(fc.property(fc.array(byte, { maxLength: 40 }), fc.nat(7), fc.nat(5), (addends, shift, offset) => {
    const memory = new Uint8Array([...Array(shift).fill(99), ...addends]);
    const before = Array.from({ length: offset + addends.length + 3 }, (_, place) => place * 50 % 256);
    const target = new Uint8Array(before);
    addBytes(target, offset, memory.subarray(shift));
    const wanted = before.map((value, place) => (value + (addends[place - offset] ?? 0)) % 256);
    assert.deepEqual([...target], wanted);
  }));
});
