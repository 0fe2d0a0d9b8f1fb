import assert from "node:assert/strict";
import { BackOff } from "./back_off.ts";

Deno.test("BackOff.failed() doubles from 250 ms to 30 s", () => {
  const backOff = new BackOff();
  const waits = Array.from({ length: 9 }, () => backOff.failed(0));
  assert.deepEqual(waits, [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

Deno.test("BackOff.failed() starts again after a minute of health", () => {
  const backOff = new BackOff();
  backOff.failed(0);
  backOff.failed(59_999);
  assert.equal(backOff.failures, 2);
  assert.equal(backOff.failed(60_000), 250);
  assert.equal(backOff.failures, 1);
});
