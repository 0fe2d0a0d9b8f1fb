import assert from "node:assert/strict";
import { returnDatagramBuffer, takeDatagramBuffer } from "./datagram_buffers.ts";

Deno.test("takeDatagramBuffer() gives buffers that do not overlap, and a returned one again", () => {
  const buffers = Array.from({ length: 40 }, () => takeDatagramBuffer());
  for (const [index, buffer] of buffers.entries()) buffer.fill(index + 1);
  for (const [index, buffer] of buffers.entries()) {
    assert.equal(buffer.length, 65_527);
    assert.ok(buffer.every((byte) => byte === index + 1));
  }
  returnDatagramBuffer(buffers[7]!);
  assert.equal(takeDatagramBuffer(), buffers[7]);
  for (const buffer of buffers) returnDatagramBuffer(buffer);
});
