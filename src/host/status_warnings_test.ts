import assert from "node:assert/strict";
import { oncePerCode } from "./status_warnings.ts";

Deno.test("oncePerCode() keeps the first of each code and counts the others", () => {
  const warning = (code: string, message: string) => ({ code, message, remedy: "r" });
  assert.deepEqual(oncePerCode([warning("A", "one"), warning("B", "two"), warning("A", "three")]), [
    warning("A", "one (and 1 more like it)"),
    warning("B", "two"),
  ]);
  assert.deepEqual(oncePerCode([]), []);
});
