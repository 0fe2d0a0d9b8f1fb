import assert from "node:assert/strict";
import { slowest, testTimes } from "./test_times.ts";

Deno.test("testTimes() reads the time of every test, and none of a step", () => {
  const text = [
    "running 4 tests from ./tests/x_test.ts",
    "plain ... \u001b[0m\u001b[32mok\u001b[0m \u001b[38;5;245m(500µs)\u001b[0m",
    "steps ...",
    "  first ... ok (9s)",
    "steps ... FAILED (due to 1 failed step) (1m26s)",
    "left out ... ignored (0ms)",
  ].join("\n");
  assert.deepEqual(testTimes(text), [{ name: "plain", seconds: 0.0005 }, { name: "steps", seconds: 86 }]);
});

Deno.test("testTimes() reads the file of tests that ran in parallel", () => {
  const text =
    "./tests/a_test.ts => plain ... ok (40ms)\n./tests/a_test.ts => steps ... first ... ok (2ms)\n";
  assert.deepEqual(testTimes(text), [{ file: "./tests/a_test.ts", name: "plain", seconds: 0.04 }]);
});

Deno.test("slowest() lists the ten longest, longest first", () => {
  const times = Array.from({ length: 15 }, (_, seconds) => ({ name: `test ${seconds}`, seconds }));
  assert.deepEqual(slowest(times).map(({ seconds }) => seconds), [14, 13, 12, 11, 10, 9, 8, 7, 6, 5]);
});
