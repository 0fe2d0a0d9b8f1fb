import assert from "node:assert/strict";
import fc from "fast-check";
import { formatSettings, type Migration, parseSettings } from "./settings_document.ts";

Deno.test("parseSettings() reads what formatSettings() writes", () => {
  const values = fc.dictionary(fc.string(), fc.jsonValue()).map(({ version: _, ...rest }) => rest);
  fc.assert(fc.property(values, fc.integer({ min: 1, max: 99 }), (values, version) => {
    const document = JSON.parse(JSON.stringify({ version, values }));
    assert.deepEqual(parseSettings(formatSettings(document)), document);
  }));
});

Deno.test("parseSettings() takes a file without version, or with a byte order mark, as it is", () => {
  assert.deepEqual(parseSettings('\ufeff{"a":1}'), { version: 1, values: { a: 1 } });
});

Deno.test("parseSettings() brings an old file to the current version, step by step, and keeps a newer one", () => {
  const migrations = new Map<number, Migration>([
    [1, ({ old, ...rest }) => ({ ...rest, middle: old })],
    [2, ({ middle, ...rest }) => ({ ...rest, new: middle })],
  ]);
  const read = (text: string) => parseSettings(text, migrations, 3);
  assert.deepEqual(read('{"version":1,"old":5,"x":1}'), { version: 3, values: { x: 1, new: 5 } });
  assert.deepEqual(read('{"version":2,"middle":5}'), { version: 3, values: { new: 5 } });
  assert.deepEqual(read('{"version":3,"old":5}'), { version: 3, values: { old: 5 } });
  assert.deepEqual(read('{"version":9,"old":5}'), { version: 9, values: { old: 5 } });
});
