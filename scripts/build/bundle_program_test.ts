import assert from "node:assert/strict";
import { withMappedImports } from "./bundle_program.ts";

Deno.test("withMappedImports() changes imports of other parts, and nothing else", () => {
  const text =
    'import{a}from"./chunk-AAAAAAAA.js";await import("./start-BBBBBBBB.js");log("./other.js","chunk-AAAAAAAA.js")';
  assert.equal(
    withMappedImports(text, { "chunk-AAAAAAAA.js": "chunk-1", "start-BBBBBBBB.js": "start" }),
    'import{a}from"app:chunk-1.js";await import("app:start.js");log("./other.js","chunk-AAAAAAAA.js")',
  );
});
