import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { sha256 } from "./sha256.ts";

const expected = (content: Uint8Array | string) => createHash("sha256").update(content).digest("hex");

Deno.test("sha256() is that of node:crypto for every length around a block", () => {
  for (let length = 0; length <= 200; length++) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    assert.equal(sha256(bytes), expected(bytes), `${length} bytes`);
  }
  const large = crypto.getRandomValues(new Uint8Array(50_000));
  assert.equal(sha256(large), expected(large));
  assert.equal(sha256(large.subarray(3, 4_097)), expected(large.subarray(3, 4_097)));
});

Deno.test("sha256() takes a text as UTF-8", () => {
  for (const text of ["", "abc", "C:\\Users\\Jürgen\\Windlass", "家"]) {
    assert.equal(sha256(text), expected(text));
  }
});
