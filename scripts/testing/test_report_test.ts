import assert from "node:assert/strict";
import { closingLines, fileTimes, timeLines } from "./test_report.ts";
import type { TestResult } from "./test_result.ts";

const GREEN: TestResult = {
  suite: "end_to_end",
  name: "tests/a_test.ts",
  seconds: 12.3456,
  passed: 2,
  failed: 0,
  ignored: 1,
  failures: [],
  tests: [{ name: "short", seconds: 1 }, { name: "long", seconds: 11 }],
};
const RED: TestResult = {
  ...GREEN,
  name: "tests/b_test.ts",
  seconds: 20,
  passed: 0,
  failed: 1,
  ignored: 0,
  failures: ["  hangs => ./tests/b_test.ts:1:6"],
  tests: [],
};
const UNIT: TestResult = {
  ...GREEN,
  suite: "unit",
  name: "task test",
  ignored: 0,
  tests: [
    { file: "./src/a_test.ts", name: "one", seconds: 1 },
    { file: "./src/a_test.ts", name: "two", seconds: 2 },
    { file: "./src/b_test.ts", name: "three", seconds: 0.1 },
  ],
};

Deno.test("closingLines() lists the failures, every suite once, and the sums", () => {
  assert.deepEqual(closingLines([UNIT, GREEN, RED]), [
    "Failed:",
    "  hangs => ./tests/b_test.ts:1:6",
    "",
    "ok     unit (2 passed, 0 failed, 12.3 s)",
    "FAILED end_to_end (2 passed, 1 failed, 32.3 s in 2 runs)",
    "",
    "4 passed, 1 failed, 1 skipped",
  ]);
  assert.equal(closingLines([UNIT])[0], "ok     unit (2 passed, 0 failed, 12.3 s)");
});

Deno.test("closingLines() leaves the errors of many failures out, so that all names are in view", () => {
  const failures = Array.from({ length: 12 }, (_, n) => [`  test ${n} => ./a_test.ts:1:6`, "      error: x"])
    .flat();
  const lines = closingLines([{ ...RED, failures }]);
  assert.deepEqual([lines.length, lines[12]], [17, "  test 11 => ./a_test.ts:1:6"]);
});

Deno.test("fileTimes() adds up the tests of files that ran in one process", () => {
  const times = fileTimes([UNIT, GREEN]);
  assert.deepEqual(times.map(({ file, seconds }) => [file, seconds]), [
    ["tests/a_test.ts", 12.346],
    ["src/a_test.ts", 3],
    ["src/b_test.ts", 0.1],
  ]);
  assert.deepEqual(times[0]?.slowest, [{ name: "long", seconds: 11 }, { name: "short", seconds: 1 }]);
});

Deno.test("timeLines() shows what is long", () => {
  assert.deepEqual(timeLines(fileTimes([UNIT, GREEN])), [
    "    12.3 s  tests/a_test.ts",
    "        11.0 s  long",
    "     3.0 s  src/a_test.ts",
  ]);
});
