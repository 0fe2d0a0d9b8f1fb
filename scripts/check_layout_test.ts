import assert from "node:assert/strict";
import { layoutProblems } from "./check_layout.ts";

Deno.test("layoutProblems() accepts a short file with a telling name", () => {
  assert.deepEqual(layoutProblems("src/mux/frame.ts", "export const SIZE = 1;\n"), []);
});

Deno.test("layoutProblems() names a file that is too long, unless it says why", () => {
  const long = "//\n".repeat(301);
  assert.deepEqual(layoutProblems("src/mux/frame.ts", long), [
    'src/mux/frame.ts: 301 lines; split it by responsibility, or say "Longer than 300 lines because ..."',
  ]);
  assert.deepEqual(
    layoutProblems("src/mux/frame.ts", "// Longer than 300 lines because it is a table.\n" + long),
    [],
  );
});

Deno.test("layoutProblems() refuses vague names", () => {
  assert.deepEqual(layoutProblems("src/mux/utils.ts", ""), [
    "src/mux/utils.ts: the name does not say what it does",
  ]);
});

Deno.test("layoutProblems() keeps the operating system inside src/platform/", () => {
  const text = "if (Deno.build.os === 'windows') {}\n";
  assert.deepEqual(layoutProblems("src/platform/host.ts", text), []);
  assert.deepEqual(layoutProblems("src/host/host.ts", text), [
    "src/host/host.ts: contains Deno.build.os; only src/platform/ knows the operating system",
  ]);
});

Deno.test("layoutProblems() refuses a spread literal", () => {
  assert.deepEqual(layoutProblems("src/host/host.ts", "const a = { ...{ b: 1 } };\n"), [
    "src/host/host.ts: contains ...{; a spread literal only saves lines; write the members, and split the file if it becomes too long",
  ]);
});
