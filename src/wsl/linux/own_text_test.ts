import assert from "node:assert/strict";
import { encodeOwnText, textMode } from "./own_text.ts";

Deno.test("textMode() is UTF-8 for a terminal, which could not show anything else", () => {
  assert.equal(textMode(undefined, true), "utf-8");
});

Deno.test("textMode() is UTF-8 for exactly 1", () => {
  assert.equal(textMode("1", false), "utf-8");
  for (const value of [undefined, "", "0", "true", "yes", "01"]) {
    assert.equal(textMode(value, false), "utf-16le");
  }
});

Deno.test("encodeOwnText() ends lines with CRLF and writes no byte order mark", () => {
  assert.deepEqual([...encodeOwnText("a\nü", "utf-8")], [0x61, 0x0d, 0x0a, 0xc3, 0xbc]);
  assert.deepEqual([...encodeOwnText("a\nü", "utf-16le")], [0x61, 0, 0x0d, 0, 0x0a, 0, 0xfc, 0]);
});
