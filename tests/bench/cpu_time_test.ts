import assert from "node:assert/strict";
import { cpuUse, usedSeconds } from "./cpu_time.ts";

Deno.test("usedSeconds() counts new threads whole, and ended ones not at all", () => {
  const before = new Map([["1", 1e9], ["2", 5e9]]);
  const after = new Map([["1", 3e9], ["3", 500_000_000]]);
  assert.equal(usedSeconds(before, after), 2.5);
});

Deno.test("cpuUse() is in seconds for a GB, and in microseconds for a request", () => {
  const samples = [0.5, 1].map((seconds) => ({ value: 10, cpuSeconds: { host: seconds } }));
  assert.deepEqual(cpuUse("GB", samples, () => 0.5), { per: "GB", processes: { host: [1, 2] } });
  assert.deepEqual(cpuUse("request", samples, (rate) => rate * 2), {
    per: "request",
    processes: { host: [25_000, 50_000] },
  });
});
