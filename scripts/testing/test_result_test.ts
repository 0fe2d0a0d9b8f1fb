import assert from "node:assert/strict";
import { resultOf } from "./test_result.ts";

const RUN = { suite: "end_to_end", name: "tests/a_test.ts", seconds: 9, minutes: 15 };
const summary = ({ passed, failed, failures }: ReturnType<typeof resultOf>) => ({ passed, failed, failures });

Deno.test("resultOf() counts the tests of a green file", () => {
  const output =
    "running 1 test from ./tests/a_test.ts\nplain ... ok (2s)\n\nok | 1 passed | 0 failed (2s)\n";
  const result = resultOf(RUN, { success: true, killed: false, output });
  assert.deepEqual(summary(result), { passed: 1, failed: 0, failures: [] });
  assert.deepEqual(result.tests, [{ name: "plain", seconds: 2 }]);
});

Deno.test("resultOf() counts a command that is not a test as one, and shows its last lines", () => {
  assert.deepEqual(summary(resultOf(RUN, { success: true, killed: false, output: "Checked 6 files\n" })), {
    passed: 1,
    failed: 0,
    failures: [],
  });
  assert.deepEqual(summary(resultOf(RUN, { success: false, killed: false, output: "no such tool\n" })), {
    passed: 0,
    failed: 1,
    failures: ["  tests/a_test.ts: failed", "      no such tool"],
  });
});

Deno.test("resultOf() fails a file that ends badly although all its tests passed", () => {
  const output = "plain ... ok (2s)\n\nok | 1 passed | 0 failed (2s)\nerror: leaking\n";
  const { passed, failed, failures } = resultOf(RUN, { success: false, killed: false, output });
  assert.deepEqual([passed, failed, failures.at(-1)], [1, 1, "      error: leaking"]);
});

Deno.test("resultOf() keeps the counts of a file that was killed, and names the test it was in", () => {
  const output = "running 2 tests from ./tests/a_test.ts\nplain ... ok (2s)\nhangs ...\n";
  assert.deepEqual(summary(resultOf(RUN, { success: false, killed: true, output })), {
    passed: 1,
    failed: 1,
    failures: ["  tests/a_test.ts: killed after 15 minutes, at ./tests/a_test.ts: hangs"],
  });
});
