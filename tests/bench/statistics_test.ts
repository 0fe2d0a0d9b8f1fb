import assert from "node:assert/strict";
import { median, percentile, spread } from "./statistics.ts";

Deno.test("median() is the middle of an odd count and the mean of the middle two of an even count", () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([7]), 7);
});

Deno.test("median() of no values is refused", () => {
  assert.throws(() => median([]), new Error("Cannot take a quantile: there are no values"));
});

Deno.test("spread() interpolates the quartiles", () => {
  assert.deepEqual(spread([7, 1, 3, 5, 2, 4, 6]), { low: 2.5, median: 4, high: 5.5 });
  assert.deepEqual(spread([10]), { low: 10, median: 10, high: 10 });
});

Deno.test("percentile() is a value that was measured", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual([percentile(values, 50), percentile(values, 99), percentile(values, 100)], [50, 99, 100]);
  assert.equal(percentile([3], 99), 3);
});
