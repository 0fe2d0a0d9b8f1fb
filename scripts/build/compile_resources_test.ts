import assert from "node:assert/strict";
import { versionHeader } from "./compile_resources.ts";

Deno.test("versionHeader() gives the version as text and as four numbers", () => {
  assert.equal(versionHeader("1.2.3"), '#define VERSION_TEXT "1.2.3"\n#define VERSION_NUMBERS 1,2,3,0\n');
  const beta = versionHeader("0.10.0-beta.1");
  assert.equal(beta, '#define VERSION_TEXT "0.10.0-beta.1"\n#define VERSION_NUMBERS 0,10,0,0\n');
});
