import assert from "node:assert/strict";
import { countsOf, countsSoFar } from "./test_counts.ts";

Deno.test("countsOf() reads the last line of a green run with steps", () => {
  assert.deepEqual(countsOf("noise\n\nok | 12 passed (3 steps) | 0 failed (2s)\n"), {
    passed: 12,
    failed: 0,
    ignored: 0,
  });
});

Deno.test("countsOf() reads failures and ignored tests, coloured or not", () => {
  const text =
    "\u001b[31mFAILED\u001b[0m | 10 passed | 2 failed (1 step) | 1 ignored \u001b[38;5;245m(2s)\u001b[0m\n";
  assert.deepEqual(countsOf(text), { passed: 10, failed: 2, ignored: 1 });
});

Deno.test("countsOf() finds nothing in the output of a program that is not a test runner", () => {
  assert.equal(countsOf("Checked 6 files\n"), undefined);
});

Deno.test("countsSoFar() counts the finished tests of a run without a summary, steps left out", () => {
  const text = [
    "running 6 tests from ./tests/x_test.ts",
    "plain ... \u001b[0m\u001b[32mok\u001b[0m \u001b[38;5;245m(606µs)\u001b[0m",
    "steps ...",
    "  first ... ok (1ms)",
    "  second ... FAILED (1ms)",
    "steps ... FAILED (due to 1 failed step) (2s)",
    "left out ... ignored (0ms)",
    "hangs ...",
  ].join("\n");
  assert.deepEqual(countsSoFar(text), { passed: 1, failed: 1, ignored: 1 });
});

Deno.test("countsSoFar() reads the lines of files that run in parallel", () => {
  const text = [
    "./tests/a_test.ts => plain ... ok (836µs)",
    "./tests/a_test.ts => steps ... first ... ok (0ms)",
    "./tests/a_test.ts => steps ... ok (1ms)",
    "./tests/b_test.ts => fails ... FAILED (797µs)",
  ].join("\n");
  assert.deepEqual(countsSoFar(text), { passed: 2, failed: 1, ignored: 0 });
});
