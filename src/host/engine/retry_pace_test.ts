import assert from "node:assert/strict";
import { RetryPace } from "./retry_pace.ts";

Deno.test("RetryPace.failed() doubles from 250 ms to 30 s", () => {
  const pace = new RetryPace();
  const waits = Array.from({ length: 9 }, () => pace.failed(0));
  assert.deepEqual(waits, [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

Deno.test("RetryPace.failed() starts again after a minute of health", () => {
  const pace = new RetryPace();
  pace.failed(0);
  pace.failed(59_999);
  assert.equal(pace.failures, 2);
  assert.equal(pace.failed(60_000), 250);
  assert.equal(pace.failures, 1);
});
