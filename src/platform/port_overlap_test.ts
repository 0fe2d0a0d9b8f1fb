import assert from "node:assert/strict";
import { overlaps } from "./port_overlap.ts";

Deno.test("overlaps() knows which listeners get in each other's way", () => {
  for (
    const [held, wanted, expected] of [
      ["127.0.0.1", "127.0.0.1", true],
      ["127.0.0.1", "0.0.0.0", true],
      ["0.0.0.0", "127.0.0.1", true],
      ["127.0.0.1", "127.0.0.2", false],
      ["::", "0.0.0.0", true],
      ["::1", "::", true],
      ["::1", "0.0.0.0", false],
      ["0.0.0.0", "::", false],
      ["::ffff:10.0.0.1", "10.0.0.1", true],
    ] as const
  ) assert.equal(overlaps(held, wanted), expected, `${held} and ${wanted}`);
});
