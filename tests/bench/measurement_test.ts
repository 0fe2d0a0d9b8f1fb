import assert from "node:assert/strict";
import { isMet, type Measurement, ratios, refuseUnmeasured } from "./measurement.ts";

const START: Measurement = {
  name: "start",
  unit: "ms",
  rounds: [130, 260, 100],
  baseline: { name: "bare", rounds: [100, 200, 100] },
  target: { kind: "atMostTimes", factor: 1.3 },
};

Deno.test("ratios() compares within each round", () => {
  assert.deepEqual(ratios(START), [1.3, 1.3, 1]);
});

Deno.test("ratios() compares every round with a baseline of one value", () => {
  assert.deepEqual(ratios({ ...START, baseline: { name: "size", rounds: [50] } }), [2.6, 5.2, 2]);
});

Deno.test("ratios() is empty without a baseline", () => {
  assert.deepEqual(ratios({ name: "memory", unit: "MB", rounds: [80] }), []);
});

Deno.test("ratios() refuses rounds that do not belong together", () => {
  assert.throws(
    () => ratios({ ...START, baseline: { name: "bare", rounds: [100, 200] } }),
    new Error("Cannot compare 'start': it has 3 rounds, and the baseline 2"),
  );
});

Deno.test("isMet() takes the median of the ratios, not the ratio of the medians", () => {
  // The medians are 110 and 100; in two of three rounds the line took twice as long.
  const uneven: Measurement = {
    ...START,
    rounds: [200, 110, 20],
    baseline: { name: "bare", rounds: [100, 55, 200] },
  };
  assert.equal(isMet(uneven), false);
});

Deno.test("isMet() holds at the limit and not beyond it", () => {
  assert.equal(isMet(START), true);
  assert.equal(isMet({ ...START, rounds: [131, 262, 100] }), false);
  assert.equal(isMet({ ...START, target: { kind: "atLeastTimes", factor: 1.3 } }), true);
  assert.equal(isMet({ ...START, target: { kind: "atLeastTimes", factor: 1.31 } }), false);
  const memory: Measurement = { name: "memory", unit: "MB", rounds: [80] };
  assert.equal(isMet({ ...memory, target: { kind: "atMost", amount: 80 } }), true);
  assert.equal(isMet({ ...memory, target: { kind: "atMost", amount: 79 } }), false);
  assert.equal(isMet(memory), undefined);
});

Deno.test("refuseUnmeasured() accepts numbers, and nothing that could pass for a fast one", () => {
  refuseUnmeasured([START]);
  assert.throws(
    () => refuseUnmeasured([{ ...START, rounds: [1, Number.NaN] }]),
    new Error("Cannot use 'start': its values are 1, NaN, 100, 200, 100"),
  );
  assert.throws(
    () => refuseUnmeasured([{ name: "empty", unit: "ms", rounds: [] }]),
    new Error("Cannot use 'empty': its values are missing"),
  );
});
