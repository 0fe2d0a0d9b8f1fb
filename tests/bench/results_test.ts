import assert from "node:assert/strict";
import { formatResults, mergeResults, type TopicResult } from "./results.ts";

const LOAD = { average: 0.5, busyShare: 0.01 };

function result(date: string): TopicResult {
  return {
    date,
    machine: { processors: 2, kernel: "6.1" },
    load: { before: LOAD, after: LOAD },
    measurements: [{ name: "start", unit: "ms", rounds: [800.123456, 790.5] }],
  };
}

Deno.test("mergeResults() replaces what was measured again, and drops topics that no longer exist", () => {
  const older = { ports: result("old"), start: result("old"), gone: result("old") };
  const merged = mergeResults(older, { start: result("new") }, ["start", "ports"]);
  assert.deepEqual(Object.entries(merged).map(([name, { date }]) => [name, date]), [["start", "new"], [
    "ports",
    "old",
  ]]);
});

Deno.test("formatResults() writes the values of a line in one line, with five digits", () => {
  const text = formatResults({ start: result("2026-11-29 10:00") });
  assert.ok(text.includes('"rounds": [800.12, 790.5]\n'), text);
  assert.deepEqual(JSON.parse(text).start.measurements[0].rounds, [800.12, 790.5]);
});
