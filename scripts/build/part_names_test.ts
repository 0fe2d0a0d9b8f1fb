import assert from "node:assert/strict";
import { partNames } from "./part_names.ts";

/** A program of two commands, in two builds: with other hashes, and one part more. */
const BEFORE = {
  "main.js": 'import"./chunk-AAAAAAA1.js";import("./main-AAAAAAA2.js")',
  "main-AAAAAAA2.js":
    'import{a}from"./chunk-AAAAAAA1.js";import("./start-AAAAAAA3.js");await import( "./stop-AAAAAAA4.js")',
  "start-AAAAAAA3.js": 'import{b}from"./chunk-AAAAAAA5.js"',
  "stop-AAAAAAA4.js": 'import{b}from"./chunk-AAAAAAA5.js";import{a}from"./chunk-AAAAAAA1.js"',
  "chunk-AAAAAAA1.js": "export{a}",
  "chunk-AAAAAAA5.js": 'import{a}from"./chunk-AAAAAAA1.js"',
};

function renamed(texts: Readonly<Record<string, string>>, from: string, to: string): Record<string, string> {
  const pairs = Object.entries(texts).map((
    [file, text],
  ) => [file.replace(from, to), text.replaceAll(from, to)]);
  return Object.fromEntries(pairs.reverse());
}

Deno.test("partNames() names entries after their module, and what several share after who shares it", () => {
  const names = partNames(BEFORE, "main.js");
  assert.equal(names["main.js"], "main");
  assert.equal(names["main-AAAAAAA2.js"], "main-2");
  assert.equal(names["start-AAAAAAA3.js"], "start");
  assert.equal(names["stop-AAAAAAA4.js"], "stop");
  assert.match(names["chunk-AAAAAAA1.js"]!, /^chunk-[0-9a-f]{10}$/);
  assert.match(names["chunk-AAAAAAA5.js"]!, /^chunk-[0-9a-f]{10}$/);
  assert.equal(new Set(Object.values(names)).size, 6);
});

Deno.test("partNames() are the same when contents, and with them the bundler's hashes, have changed", () => {
  const after = renamed(renamed(BEFORE, "AAAAAAA5", "ZZZZZZZ9"), "AAAAAAA3", "BBBBBBB3");
  const names = partNames(BEFORE, "main.js");
  const expected = Object.entries(names).map(([file, name]) => [
    file.replace("AAAAAAA5", "ZZZZZZZ9").replace("AAAAAAA3", "BBBBBBB3"),
    name,
  ]);
  assert.deepEqual(partNames(after, "main.js"), Object.fromEntries(expected));
});

Deno.test("partNames() distinguishes entries whose modules have the same name, in the order of the text", () => {
  const names = partNames({
    "main.js": 'import("./port_holder-BBBBBBBB.js");import("./port_holder-AAAAAAAA.js")',
    "port_holder-AAAAAAAA.js": "",
    "port_holder-BBBBBBBB.js": "",
  }, "main.js");
  assert.deepEqual(names, {
    "main.js": "main",
    "port_holder-BBBBBBBB.js": "port-holder",
    "port_holder-AAAAAAAA.js": "port-holder-2",
  });
});

Deno.test("partNames() fit into an index entry", () => {
  const file = "A_very_long_module_name_of_a_part-FIW4UGEM.js";
  const names = partNames({ "main.js": `import("./${file}")`, [file]: "" }, "main.js");
  assert.equal(names[file], "a-very-long-module-na");
  assert.ok(`app.${names[file]}-99.js`.length <= 31);
});

Deno.test("partNames() refuses what is not a part", () => {
  assert.throws(() => partNames({ "main.js": 'import("./style-.css")', "style-.css": "" }, "main.js"), {
    code: "WL_BUILD_FAILED",
    message: "Cannot build Windlass: the bundler has named a part 'style-.css'",
  });
});
