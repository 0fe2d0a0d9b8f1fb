import assert from "node:assert/strict";
import { addBytes } from "./add_bytes.ts";

Deno.test("addBytes() adds modulo 256, and changes nothing outside of its place", () => {
  const target = new Uint8Array([1, 250, 3, 255, 5, 6]);
  addBytes(target, 1, new Uint8Array([10, 0, 1, 255]));
  assert.deepEqual([...target], [1, 4, 3, 0, 4, 6]);
});
