import assert from "node:assert/strict";
import { suitesWith } from "./changed_tests.ts";
import { TEST_SUITES } from "./test_suites.ts";

const names = (files: string[]) => suitesWith(TEST_SUITES, files).map(({ name }) => name);

Deno.test("suitesWith() keeps the gate, and builds only for files that run the executable", () => {
  assert.deepEqual(names([]), ["gate"]);
  assert.deepEqual(names(["src/a/a_test.ts"]), ["gate", "unit"]);
  assert.deepEqual(names(["tests/fault/a_test.ts"]), ["gate", "build", "fault"]);
});

Deno.test("suitesWith() runs the given files alone", () => {
  const suites = suitesWith(TEST_SUITES, ["src/a/a_test.ts", "tests/fault/a_test.ts"]);
  assert.deepEqual(suites.at(-1)?.files, ["tests/fault/a_test.ts"]);
  assert.equal(suites[1]?.commands?.[0]?.at(-1), "src/a/a_test.ts");
});
