import assert from "node:assert/strict";
import { alternate, orderOf } from "./rounds.ts";

Deno.test("orderOf() lets each way begin, and follow each other way", () => {
  const orders = [0, 1, 2, 3, 4, 5].map((round) => orderOf(["a", "b", "c"], round).join(""));
  assert.deepEqual(orders, ["abc", "bca", "cab", "acb", "bac", "cba"]);
  assert.deepEqual([0, 1, 2].map((round) => orderOf(["a", "b"], round).join("")), ["ab", "ba", "ab"]);
});

Deno.test("alternate() leaves out the first round, and keeps the rounds of all ways together", async () => {
  let clock = 0;
  const way = () => Promise.resolve(clock++);
  assert.deepEqual(await alternate(3, { one: way, other: way }), { one: [2, 5, 6], other: [3, 4, 7] });
});

Deno.test("alternate() fails with the way that fails", async () => {
  const failing = () => Promise.reject(new Error("refused"));
  await assert.rejects(
    alternate(3, { one: () => Promise.resolve(1), other: failing }),
    new Error("refused"),
  );
});
