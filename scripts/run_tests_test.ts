import assert from "node:assert/strict";
import { chosenSuites, countsOf } from "./run_tests.ts";

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

Deno.test("countsOf() finds nothing in the output of a program that is no test runner", () => {
  assert.equal(countsOf("Checked 6 files\n"), undefined);
});

Deno.test("chosenSuites() takes names and --windows, keeps the order, and names what it does not know", () => {
  assert.deepEqual(chosenSuites(["--windows", "unit"]), ["unit", "build", "windows"]);
  assert.deepEqual(chosenSuites([]), ["gate", "unit", "build", "end_to_end", "docker", "fault", "windows"]);
  assert.throws(() => chosenSuites(["unti"]), {
    message: "Cannot run suite unti: there are gate, unit, build, end_to_end, docker, fault, windows",
  });
});
