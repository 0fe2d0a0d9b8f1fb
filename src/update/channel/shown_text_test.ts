import assert from "node:assert/strict";
import { shownText } from "./shown_text.ts";

Deno.test("shownText() takes away what a terminal obeys, and leaves names of every language", () => {
  assert.equal(shownText("\x1b[2Jgroß 大\r\n\u202e\u2028x"), "?[2Jgroß 大????x");
});

Deno.test("shownText() cuts what is too long to read", () => {
  assert.equal(shownText("x".repeat(200)), "x".repeat(200));
  assert.equal(shownText("x".repeat(201)), `${"x".repeat(200)}...`);
});
