import assert from "node:assert/strict";
import fc from "fast-check";
import { backOffMilliseconds } from "./back_off.ts";

Deno.test("backOffMilliseconds() doubles the first wait with each failure, up to the maximum", () => {
  const backOff = { firstMilliseconds: 100, factor: 2, maximumMilliseconds: 1_000 };
  const waits = [1, 2, 3, 4, 5, 6].map((failures) => backOffMilliseconds(backOff, failures));
  assert.deepEqual(waits, [100, 200, 400, 800, 1_000, 1_000]);
});

Deno.test("backOffMilliseconds() stays between its bounds for any number of failures", () => {
  const backOff = { firstMilliseconds: 100, factor: 2, maximumMilliseconds: 30_000 };
  fc.assert(fc.property(fc.nat(), (failures) => {
    const wait = backOffMilliseconds(backOff, failures);
    return wait >= backOff.firstMilliseconds && wait <= backOff.maximumMilliseconds;
  }));
});
