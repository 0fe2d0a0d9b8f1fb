import assert from "node:assert/strict";
import { WindlassError } from "../src/errors/windlass_error.ts";
import { parseFlags } from "./main.ts";

Deno.test("parseFlags() reads both flags", () => {
  assert.deepEqual(parseFlags([]), { release: false, refreshLock: false });
  assert.deepEqual(parseFlags(["--release", "--refresh-lock"]), { release: true, refreshLock: true });
});

Deno.test("parseFlags() says what it does not understand", () => {
  assert.throws(() => parseFlags(["--fast"]), (error: unknown) => {
    assert.ok(error instanceof WindlassError);
    assert.equal(error.code, "WL_USAGE");
    assert.equal(error.message, "Cannot build the image: '--fast' is not understood");
    return true;
  });
});
