import assert from "node:assert/strict";
import fc from "fast-check";
import { type Current, formatCurrent, parseCurrent } from "./current_file.ts";

const [A, B] = ["a".repeat(64), "0b".repeat(32)];
const CURRENT: Current = { embedded: A, current: B, previous: "embedded", trial: true, tries: 1 };
const TEXT = formatCurrent(CURRENT);

Deno.test("formatCurrent() writes one line", () => {
  assert.equal(
    TEXT,
    `{"format":1,"embedded":"${A}","current":"${B}","previous":"embedded","trial":true,"tries":1}\n`,
  );
});

Deno.test("parseCurrent() reads what formatCurrent() has written", () => {
  const digest = fc.stringMatching(/^[0-9a-f]{64}$/);
  const version = fc.oneof(digest, fc.constant("embedded"));
  const current = fc.record({
    embedded: digest,
    current: version,
    previous: fc.option(version),
    trial: fc.boolean(),
    tries: fc.nat(99),
  }, { noNullPrototype: true });
  fc.assert(fc.property(current, (sample) => assert.deepEqual(parseCurrent(formatCurrent(sample)), sample)));
});

Deno.test("parseCurrent() takes any white space and order of JSON", () => {
  const entries = Object.entries(JSON.parse(TEXT)).reverse();
  assert.deepEqual(parseCurrent(JSON.stringify(Object.fromEntries(entries), null, "\t")), CURRENT);
  assert.deepEqual(parseCurrent(` \r\n${TEXT}\n `), CURRENT);
});

const WRONG: Record<string, string> = {
  "nothing": "",
  "no object": "[]",
  "a missing key": TEXT.replace('"format":1,', ""),
  "an unknown key": TEXT.replace('"tries":1', '"tries":1,"more":1'),
  "a key twice": TEXT.replace('"format":1', '"tries":1'),
  "another format": TEXT.replace('"format":1', '"format":2'),
  "a short digest": TEXT.replace(A, A.slice(1)),
  "a digest in capitals": TEXT.replace(A, A.toUpperCase()),
  "no digest for the executable": TEXT.replace(A, "embedded"),
  "an unknown version": TEXT.replace(B, "latest"),
  "a path": TEXT.replace(B, `../${B}`),
  "no version": TEXT.replace(`"${B}"`, "null"),
  "a word for a truth": TEXT.replace("true", '"true"'),
  "a fraction": TEXT.replace('"tries":1', '"tries":1.0'),
  "a negative number": TEXT.replace('"tries":1', '"tries":-1'),
  "a large number": TEXT.replace('"tries":1', '"tries":100'),
  "a leading zero": TEXT.replace('"tries":1', '"tries":01'),
  "an escape": TEXT.replace("tries", "tr\\u0069es"),
  "a comma at the end": TEXT.replace("}", ",}"),
  "a missing comma": TEXT.replace('1,"embedded"', '1 "embedded"'),
  "a nested object": TEXT.replace('"tries":1', '"tries":{}'),
  "something behind it": `${TEXT}x`,
  "two objects": TEXT + TEXT,
  "a byte order mark": `\ufeff${TEXT}`,
  "a zero byte": `${TEXT}\0`,
  "more than 1024 bytes": TEXT + " ".repeat(1024),
};

for (const [what, text] of Object.entries(WRONG)) {
  Deno.test(`parseCurrent() refuses ${what}`, () => {
    assert.notEqual(text, TEXT);
    assert.equal(parseCurrent(text), undefined);
  });
}

Deno.test("parseCurrent() refuses every part of a text that was cut short", () => {
  const body = TEXT.trimEnd();
  for (let length = 0; length < body.length; length++) {
    assert.equal(parseCurrent(body.slice(0, length)), undefined);
  }
});
