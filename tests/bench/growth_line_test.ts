import { deepEqual } from "node:assert/strict";
import { growthLines } from "./growth_line.ts";
import { isMet } from "./measurement.ts";

const LIST = { name: "list", items: "containers", unit: "µs", isPerItem: true } as const;

Deno.test("growthLines() compares the cost of each item with the size before, with a target at the largest", () => {
  const lines = growthLines(LIST, [
    { size: 10, rounds: [100, 200] },
    { size: 100, rounds: [1_000, 3_000] },
    { size: 1_000, rounds: [20_000, 10_000] },
  ]);
  deepEqual(lines.map(({ name, rounds, baseline, target }) => [name, rounds, baseline, target?.kind]), [
    ["list: 10 containers, each", [10, 20], undefined, undefined],
    ["list: 100 containers, each", [10, 30], { name: "at 10", rounds: [10, 20] }, undefined],
    ["list: 1,000 containers, each", [20, 10], { name: "at 100", rounds: [10, 30] }, "atMostTimes"],
  ]);
});

Deno.test("growthLines() misses the target where one of many costs more than one of few", () => {
  const met = (cost: number) =>
    growthLines(LIST, [{ size: 10, rounds: [100] }, { size: 100, rounds: [cost] }]).map(isMet);
  deepEqual([met(1_500), met(1_600)], [[undefined, true], [undefined, false]]);
  const flat = growthLines({ ...LIST, isPerItem: false }, [
    { size: 10, rounds: [100] },
    { size: 100, rounds: [160] },
  ]);
  deepEqual(flat.map(isMet), [undefined, false]);
});
