import assert from "node:assert/strict";
import { parseZstdLock } from "./zstd_sources.ts";

Deno.test("parseZstdLock() reads one line of five words", () => {
  assert.deepEqual(parseZstdLock("# why\nname 0.1.2 1.5.7 package/zstd hash==\n"), {
    npmPackage: "name",
    npmVersion: "0.1.2",
    version: "1.5.7",
    folder: "package/zstd",
    integrity: "hash==",
  });
});

Deno.test("parseZstdLock() refuses anything else", () => {
  for (const text of ["", "name 0.1.2 1.5.7 package/zstd", "a b c d e\na b c d e\n"]) {
    assert.throws(() => parseZstdLock(text), {
      code: "WL_BUILD_FAILED",
      message: "Cannot read scripts/zstd_sources.lock: it has not one line of five words",
    });
  }
});
