import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { floors } from "./folder_graph.ts";
import { layOut } from "./layered_layout.ts";

const GRAPH = new Map([["main", ["left", "right", "bottom"]], ["left", ["bottom"]], ["right", ["bottom"]], [
  "bottom",
  [],
]]);

Deno.test("layOut() keeps the boxes of a floor apart", () => {
  const { boxes } = layOut(GRAPH, floors(GRAPH));
  const [left, right] = boxes.filter(({ floor }) => floor === 1).sort((a, b) => a.x - b.x);
  ok(left !== undefined && right !== undefined);
  ok(left.x + left.width / 2 < right.x - right.width / 2);
});

Deno.test("layOut() gives an arrow a bend in each floor that it passes", () => {
  const { routes } = layOut(GRAPH, floors(GRAPH));
  const route = routes.find((places) => places[0]?.label === "main" && places.at(-1)?.label === "bottom");
  deepStrictEqual(route?.map(({ label, floor }) => [label, floor]), [["main", 2], [undefined, 1], [
    "bottom",
    0,
  ]]);
});

Deno.test("layOut() gives the same places each time", () => {
  const places = () => layOut(GRAPH, floors(GRAPH)).boxes.map(({ label, x }) => `${label} ${x}`);
  deepStrictEqual(places(), places());
  strictEqual(layOut(GRAPH, floors(GRAPH)).floorCount, 3);
});
