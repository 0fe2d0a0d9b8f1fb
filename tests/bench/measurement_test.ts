import assert from "node:assert/strict";
import { formatTable, isMet, type Measurement } from "./measurement.ts";

const START: Measurement = {
  name: "start",
  unit: "ms",
  value: 130,
  baseline: { name: "bare", value: 100 },
  target: { kind: "atMostTimes", factor: 1.3 },
};

Deno.test("isMet() holds at the limit and not beyond it", () => {
  assert.equal(isMet(START), true);
  assert.equal(isMet({ ...START, value: 131 }), false);
  assert.equal(isMet({ ...START, target: { kind: "atMostPlus", amount: 29 } }), false);
  assert.equal(isMet({ ...START, target: { kind: "atLeastTimes", factor: 1.3 } }), true);
  assert.equal(
    isMet({ name: "memory", unit: "MB", value: 80, target: { kind: "atMost", amount: 80 } }),
    true,
  );
  assert.equal(isMet({ name: "memory", unit: "MB", value: 80 }), undefined);
});

Deno.test("formatTable() names value, baseline, ratio, target and verdict", () => {
  assert.equal(
    formatTable([START, { ...START, name: "start again", value: 9.876 }]),
    [
      "             value      baseline        ratio  target",
      "start          130  ms       100  bare   1.30  <= 1.3 x bare  met",
      "start again   9.88  ms       100  bare   0.10  <= 1.3 x bare  met",
    ].join("\n"),
  );
});
