import assert from "node:assert/strict";
import type { ArchiveEntry } from "./archive_layout.ts";
import { matchEntries } from "./match_entries.ts";

const entry = (path: string, content = ""): ArchiveEntry => ({
  key: `${path}|0`,
  offset: 0,
  dataOffset: 512,
  dataLength: content.length,
  end: 512 + content.length,
  dataDigest: content,
});
const OLD = [
  entry("a", "one"),
  entry("b", "two"),
  entry("lib.so.1.5.6", "three"),
  entry("empty"),
  entry("lib.so.9", "nine"),
];

function matches(...next: readonly ArchiveEntry[]): readonly (string | undefined)[][] {
  return matchEntries(OLD, next).map(({ sameName, data }) => [sameName?.key, data?.key]);
}

Deno.test("matchEntries() prefers the file of the same path, even if its content has changed", () => {
  assert.deepEqual(matches(entry("a", "one"), entry("b", "2")), [["a|0", "a|0"], ["b|0", "b|0"]]);
});

Deno.test("matchEntries() finds a file that has moved by its content, wherever it was", () => {
  assert.deepEqual(matches(entry("c", "two"), entry("a", "two")), [[undefined, "b|0"], ["a|0", "b|0"]]);
});

Deno.test("matchEntries() takes a file that has gone for a new one with other numbers in its path", () => {
  assert.deepEqual(matches(entry("lib.so.1.5.7", "3"), entry("lib.so.9", "nine")), [
    [undefined, "lib.so.1.5.6|0"],
    ["lib.so.9|0", "lib.so.9|0"],
  ]);
  // Both still exist, so neither has become the new one.
  assert.deepEqual(matches(entry("lib.so.1.5.7", "3"), OLD[2]!)[0], [undefined, undefined]);
});

Deno.test("matchEntries() finds nothing for new files, nor for what has no content", () => {
  assert.deepEqual(matches(entry("new", "new"), entry("empty")), [[undefined, undefined], [
    "empty|0",
    undefined,
  ]]);
});
