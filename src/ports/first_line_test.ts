import assert from "node:assert/strict";
import { readFirstLine } from "./first_line.ts";

function stream(...pieces: string[]) {
  const left = pieces.map((piece) => new TextEncoder().encode(piece));
  return { read: () => Promise.resolve(left.shift() ?? null) };
}

Deno.test("readFirstLine() reads to the first line feed, however the bytes come", async () => {
  assert.equal(await readFirstLine(stream("one\ntwo\n"), 100), "one");
  assert.equal(await readFirstLine(stream("o", "n", "e", "\n"), 100), "one");
  assert.equal(await readFirstLine(stream("\n"), 100), "");
});

Deno.test("readFirstLine() gives up on what ends early or is too long", async () => {
  assert.equal(await readFirstLine(stream("one"), 100), undefined);
  assert.equal(await readFirstLine(stream("12345\n"), 4), undefined);
  assert.equal(await readFirstLine(stream("123", "45", "67", "\n"), 4), undefined);
});
