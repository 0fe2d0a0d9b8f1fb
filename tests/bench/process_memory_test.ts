import assert from "node:assert/strict";
import { kilobytes, memoryOf, peakOf } from "./process_memory.ts";

const ROLLUP = `\
55d000000000-7ffd00000000 ---p 00000000 00:00 0                          [rollup]
Rss:               51700 kB
Pss:               39712 kB
Pss_Dirty:         28000 kB
Private_Clean:      1404 kB
Private_Dirty:     28696 kB
`;

Deno.test("kilobytes() finds the line of exactly this name", () => {
  assert.equal(kilobytes(ROLLUP, "Pss"), 39_712);
  assert.equal(kilobytes("VmPeak:\t  9000 kB\nVmHWM:\t  125860 kB\n", "VmHWM"), 125_860);
  assert.equal(kilobytes(ROLLUP, "Swap"), 0);
});

Deno.test("memoryOf() counts a process that has ended for nothing", async () => {
  const { resident } = await memoryOf([Deno.pid, 2 ** 30]);
  const peak = await peakOf(Deno.pid); // which has the other test files too; the kernel counts it less exactly
  assert.ok(resident > 20 && resident < 1.5 * peak, `${resident} MB, at most ${peak} MB`);
});
