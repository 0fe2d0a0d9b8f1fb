import assert from "node:assert/strict";
import { parseProcessorTimes, wasIdle } from "./machine_load.ts";

Deno.test("parseProcessorTimes() counts waiting for a disk as idle, and guests once", () => {
  const stat = "cpu  10 20 30 400 50 6 7 8 90 0\ncpu0 1 2 3 4 5 6 7 8 9 0\n";
  assert.deepEqual(parseProcessorTimes(stat), { idle: 450, total: 531 });
});

Deno.test("wasIdle() needs a quiet machine before and after", () => {
  const load = (busyShare: number) => ({ average: 3, busyShare });
  assert.equal(wasIdle(load(0.02), load(0.1)), true);
  assert.equal(wasIdle(load(0.02), load(0.11)), false);
});
