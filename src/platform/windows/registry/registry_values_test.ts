import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeRegistryValue, REGISTRY_TYPES, textOfWide, textsOfWide, wideText } from "./registry_values.ts";

const text = fc.string({ unit: "binary" }).filter((candidate) => !candidate.includes("\0"));

/** The bytes of a MULTI_SZ. */
const wideTexts = (texts: readonly string[]) => wideText(texts.map((each) => `${each}\0`).join(""));

Deno.test("textOfWide() reads what wideText() writes, lone surrogates included", () => {
  fc.assert(fc.property(text, (given) => assert.equal(textOfWide(wideText(given)), given)));
  assert.equal(textOfWide(wideText("a\ud800b")), "a\ud800b");
});

Deno.test("textsOfWide() reads what wideTexts() writes", () => {
  const texts = fc.array(text.filter((candidate) => candidate !== ""));
  fc.assert(fc.property(texts, (given) => assert.deepEqual(textsOfWide(wideTexts(given)), given)));
});

Deno.test("textOfWide() takes a text without its zero, and one cut in the middle of a character", () => {
  assert.equal(textOfWide(wideText("ab").subarray(0, 4)), "ab");
  assert.equal(textOfWide(wideText("ab").subarray(0, 3)), "a");
  assert.equal(textOfWide(new Uint8Array(0)), "");
});

Deno.test("textsOfWide() takes a list without its last zeros", () => {
  assert.deepEqual(textsOfWide(wideText("a\0b").subarray(0, 6)), ["a", "b"]);
  assert.deepEqual(textsOfWide(new Uint8Array(0)), []);
});

Deno.test("decodeRegistryValue() reads each type", () => {
  const bytes = new Uint8Array([1, 2, 0, 0, 0, 0, 0, 0x80]);
  assert.equal(decodeRegistryValue(REGISTRY_TYPES.SZ, wideText("Größe")), "Größe");
  assert.equal(decodeRegistryValue(REGISTRY_TYPES.EXPAND_SZ, wideText("C:\\x")), "C:\\x");
  assert.deepEqual(decodeRegistryValue(REGISTRY_TYPES.MULTI_SZ, wideTexts(["a", "b"])), ["a", "b"]);
  assert.equal(decodeRegistryValue(REGISTRY_TYPES.DWORD, bytes.subarray(4)), 0x8000_0000);
  assert.equal(decodeRegistryValue(REGISTRY_TYPES.QWORD, bytes), 0x8000_0000_0000_0201n);
  assert.deepEqual(decodeRegistryValue(REGISTRY_TYPES.BINARY, bytes), bytes);
});

Deno.test("decodeRegistryValue() takes a number that is too short for its type for absent", () => {
  assert.equal(decodeRegistryValue(REGISTRY_TYPES.DWORD, new Uint8Array(3)), null);
  assert.equal(decodeRegistryValue(REGISTRY_TYPES.QWORD, new Uint8Array(4)), null);
});
