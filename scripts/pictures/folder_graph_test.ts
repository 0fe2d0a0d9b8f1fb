import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { floors, folderGraph, folderOf, reduced, withoutCircles } from "./folder_graph.ts";

Deno.test("folderOf() names the first folder, a file of the root, or a program inside of a folder", () => {
  strictEqual(folderOf("src/update/channel/fetch.ts"), "update");
  strictEqual(folderOf("src/main.ts"), "main.ts");
  strictEqual(folderOf("src/wsl/windows/find_wsl.ts"), "wsl");
  strictEqual(folderOf("src/wsl/linux/service/network.ts"), "wsl/linux");
  strictEqual(folderOf("scripts/build.ts"), undefined);
});

Deno.test("folderGraph() draws imports of values, lazy ones too, and none of types, tests or packages", () => {
  const files = new Map([
    [
      "src/a/one.ts",
      `import { x } from "../b/two.ts";
import type { T } from "../c/three.ts";
import { type U, type V } from "../c/three.ts";
import { hono } from "hono";
export * from "./other.ts";
const lazy = () => import("../d/four.ts");
`,
    ],
    ["src/a/one_test.ts", `import { x } from "../e/five.ts";`],
    ["src/b/two.ts", `import {\n  type T,\n  y,\n} from "../d/four.ts";`],
    ["src/c/three.ts", ""],
    ["src/d/four.ts", ""],
  ]);
  deepStrictEqual([...folderGraph(files)], [["a", ["b", "d"]], ["b", ["d"]], ["c", []], ["d", []]]);
});

Deno.test("withoutCircles() takes out the arrow that closes a circle, and only that", () => {
  const { acyclic, back } = withoutCircles(new Map([["a", ["b"]], ["b", ["c"]], ["c", ["a"]]]));
  deepStrictEqual([...acyclic], [["a", ["b"]], ["b", ["c"]], ["c", []]]);
  deepStrictEqual(back, [["c", "a"]]);
});

Deno.test("reduced() leaves out what follows from other arrows", () => {
  const graph = new Map([["a", ["b", "c"]], ["b", ["c"]], ["c", []]]);
  deepStrictEqual([...reduced(graph)], [["a", ["b"]], ["b", ["c"]], ["c", []]]);
});

Deno.test("floors() puts each folder one above the highest that it imports", () => {
  const graph = new Map([["a", ["b", "c"]], ["b", ["c"]], ["c", []], ["d", ["c"]]]);
  deepStrictEqual([...floors(graph)], [["c", 0], ["b", 1], ["a", 2], ["d", 1]]);
});
