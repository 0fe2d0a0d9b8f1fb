import assert from "node:assert/strict";
import { isNewEnough } from "./go_toolchain.ts";

Deno.test("isNewEnough() compares number by number", () => {
  const yes = ["go1.24.9", "go1.24.10", "go1.26", "go1.26.8", "go2.0", "go1.25.4\n", "go1.26rc1"];
  for (const version of yes) assert.equal(isNewEnough(version), true, version);
  for (const version of ["go1.24.8", "go1.19.8", "go1.24", "devel", ""]) {
    assert.equal(isNewEnough(version), false, version);
  }
});
