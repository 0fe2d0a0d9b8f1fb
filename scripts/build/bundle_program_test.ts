import assert from "node:assert/strict";
import { partName, withMappedImports } from "./bundle_program.ts";

Deno.test("withMappedImports() changes imports of other parts, and nothing else", () => {
  const text =
    'import{a}from"./chunk-AAAAAAAA.js";await import("./start-BBBBBBBB.js");log("./other.js","chunk-AAAAAAAA.js")';
  assert.equal(
    withMappedImports(text, ["chunk-AAAAAAAA.js", "start-BBBBBBBB.js"]),
    'import{a}from"app:chunk-AAAAAAAA.js";await import("app:start-BBBBBBBB.js");log("./other.js","chunk-AAAAAAAA.js")',
  );
});

Deno.test("partName() fits into an index entry", () => {
  assert.equal(partName("start-FIW4UGEM.js"), "app.start-fiw4ugem.js");
  assert.equal(partName("A_very_long_module_name-FIW4UGEM.js"), "app.a-very-long-mod-fiw4ugem.js");
  assert.equal(partName("A_very_long_module_name-FIW4UGEM.js").length, 31);
});

Deno.test("partName() refuses what is not a part", () => {
  assert.throws(() => partName("style.css"), {
    code: "WL_BUILD_FAILED",
    message: "Cannot build Windlass: the bundler has named a part 'style.css'",
  });
});
