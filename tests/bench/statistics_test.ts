import assert from "node:assert/strict";
import { median, percentile } from "./statistics.ts";

Deno.test("median() is the middle of an odd count and the mean of the middle two of an even count", () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([7]), 7);
});

Deno.test("percentile() is a value that was measured", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual([percentile(values, 50), percentile(values, 99), percentile(values, 100)], [50, 99, 100]);
  assert.equal(percentile([3], 99), 3);
});
