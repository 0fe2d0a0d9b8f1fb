import assert from "node:assert/strict";
import { failedTests, lastLines, unfinishedTest } from "./failed_tests.ts";

const OUTPUT = `running 4 tests from ./tests/a_test.ts
plain ... ok (399µs)
fails ... \u001b[31mFAILED\u001b[0m (558µs)
steps ...
  bad step ... FAILED (0ms)
steps ... FAILED (due to 1 failed step) (1ms)

 ERRORS 

fails => ./tests/a_test.ts:2:6
error: Error: first line
second line
    at file:///tests/a_test.ts:2:42

steps ... bad step => ./tests/a_test.ts:3:80
error: TypeError: x is not y
    at file:///tests/a_test.ts:3:111

 FAILURES 

fails => ./tests/a_test.ts:2:6
steps ... bad step => ./tests/a_test.ts:3:80

FAILED | 1 passed | 2 failed (1 step) (34ms)
`;

Deno.test("failedTests() lists each failure with its place and the first lines of its error", () => {
  assert.deepEqual(failedTests(OUTPUT), [
    { name: "fails", place: "./tests/a_test.ts:2:6", error: ["error: Error: first line", "second line"] },
    { name: "steps ... bad step", place: "./tests/a_test.ts:3:80", error: ["error: TypeError: x is not y"] },
  ]);
  assert.deepEqual(failedTests("running 1 test from ./a_test.ts\nplain ... ok (1ms)\n"), []);
});

Deno.test("failedTests() cuts a long error", () => {
  const long = Array.from({ length: 40 }, (_, line) => `+ ${line}`).join("\n");
  const [failed] = failedTests(` ERRORS \n\nfails => ./a_test.ts:2:6\n${long}\n`);
  assert.deepEqual([failed?.error.length, failed?.error[0]], [6, "+ 0"]);
});

Deno.test("unfinishedTest() names the test that a killed run was in", () => {
  const start = "running 2 tests from ./a_test.ts\nfirst ... ok (1ms)\n";
  assert.equal(unfinishedTest(`${start}hangs ... `), "./a_test.ts: hangs");
  assert.equal(unfinishedTest(`${start}hangs ...\n  a step ... ok (2ms)\n`), "./a_test.ts: hangs");
  const slow =
    `${start}hangs ...'hangs' has been running for over (1m0s)\n'hangs' has been running for over (2m0s)\n`;
  assert.equal(unfinishedTest(slow), "./a_test.ts: hangs");
  assert.equal(unfinishedTest(start), "./a_test.ts");
  assert.equal(unfinishedTest("Checked 6 files\n"), undefined);
});

Deno.test("lastLines() leaves out empty lines and colours", () => {
  assert.deepEqual(lastLines("\u001b[31mone\u001b[0m\n\n two\n"), ["one", " two"]);
});
