import assert from "node:assert/strict";
import { affectedBy, importGraph } from "./import_graph.ts";

const FILES = [
  { path: "src/main.ts", text: 'import { a } from "./a/a.ts";\nawait import("./lazy.ts");' },
  { path: "src/a/a.ts", text: 'export * from "./b.ts";' },
  { path: "src/a/b.ts", text: "" },
  { path: "src/lazy.ts", text: "" },
  { path: "src/launcher/main.c", text: "" },
  { path: "src/a/b_test.ts", text: 'import { b } from "./b.ts";' },
  { path: "tests/support/instance.ts", text: "" },
  { path: "tests/support/flood.c", text: "" },
  { path: "tests/one_test.ts", text: 'import { i } from "./support/instance.ts";' },
  { path: "tests/two_test.ts", text: 'compile(join(REPOSITORY, "tests/support/flood.c"));' },
];
const GRAPH = importGraph(FILES, { "tests/support/instance.ts": ["src/main.ts", "src/launcher/"] });
const testsFor = (...changed: string[]) =>
  [...affectedBy(GRAPH, changed)].filter((path) => path.endsWith("_test.ts")).sort();

Deno.test("affectedBy() follows imports backwards, and what stands for the executable", () => {
  assert.deepEqual(testsFor("src/a/b.ts"), ["src/a/b_test.ts", "tests/one_test.ts"]);
  assert.deepEqual(testsFor("src/lazy.ts"), ["tests/one_test.ts"]);
  assert.deepEqual(testsFor("src/launcher/main.c"), ["tests/one_test.ts"]);
});

Deno.test("affectedBy() finds a data file by its name, and a test by itself", () => {
  assert.deepEqual(testsFor("tests/support/flood.c"), ["tests/two_test.ts"]);
  assert.deepEqual(testsFor("tests/two_test.ts"), ["tests/two_test.ts"]);
  assert.deepEqual(testsFor("docs/client.md"), []);
});
