import assert from "node:assert/strict";
import type { Measurement } from "./measurement.ts";
import { markdownTable, tableRow, targetText } from "./result_table.ts";

const START: Measurement = {
  name: "start",
  unit: "ms",
  rounds: [90, 110, 130],
  baseline: { name: "bare", rounds: [100, 100, 100] },
  target: { kind: "atMostTimes", factor: 1.15 },
  cpu: { per: "request", processes: { host: [12, 12.34, 13], agent: [200, 200, 200] } },
};

Deno.test("tableRow() shows medians with quartiles, target, verdict and CPU time", () => {
  assert.deepEqual(tableRow(START), [
    "start",
    "110 (100 to 120) ms",
    "100 ms, bare",
    "1.10 (1.00 to 1.20)",
    "≤ 1.15 × bare",
    "met",
    "host 12.3, agent 200 µs per request",
  ]);
});

Deno.test("tableRow() leaves empty what a line does not have, and a missed target stands out", () => {
  const memory: Measurement = {
    name: "host",
    unit: "MB",
    rounds: [81],
    target: { kind: "atMost", amount: 80 },
  };
  assert.deepEqual(tableRow(memory), ["host", "81 MB", "", "", "≤ 80 MB", "**missed**", ""]);
});

Deno.test("tableRow() gives small values and shares the digits that they need", () => {
  const share: Measurement = {
    name: "download",
    unit: "MB",
    rounds: [0.006],
    baseline: { name: "executable", rounds: [110] },
  };
  assert.deepEqual(tableRow(share).slice(1, 4), ["0.006 MB", "110 MB, executable", "0.00005"]);
});

Deno.test("tableRow() gives a count no unit", () => {
  const failures: Measurement = {
    name: "failures",
    unit: "count",
    rounds: [2],
    target: { kind: "atMost", amount: 0 },
  };
  assert.deepEqual(tableRow(failures), ["failures", "2", "", "", "≤ 0", "**missed**", ""]);
});

Deno.test("targetText() says in which direction", () => {
  assert.equal(targetText({ ...START, target: { kind: "atLeastTimes", factor: 0.8 } }), "≥ 0.8 × bare");
});

Deno.test("markdownTable() aligns its columns, as the formatter does", () => {
  const table = markdownTable([["", "a / b"], ["ü × 2", "x"]]);
  assert.equal(table, "|       | a / b |\n| ----- | ----- |\n| ü × 2 | x     |");
});
