import assert from "node:assert/strict";
import { byteText } from "./byte_text.ts";

Deno.test("byteText() keeps numbers short", () => {
  assert.deepEqual([0, 999, 1_000, 2_500_000, 7e15].map(byteText), [
    "0 B",
    "999 B",
    "1.0 KB",
    "2.5 MB",
    "7000.0 TB",
  ]);
});
