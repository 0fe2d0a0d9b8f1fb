import assert from "node:assert/strict";
import { PaceMeter } from "./pace_meter.ts";

const LIMITS = { paceMilliseconds: 60_000, paceBytes: 60_000 };

Deno.test("PaceMeter tolerates a slow line that is fast enough over a minute", () => {
  const meter = new PaceMeter(LIMITS);
  for (let second = 0; second < 600; second++) assert.ok(meter.arrived(1_000, 1_000), `second ${second}`);
});

Deno.test("PaceMeter refuses a byte now and then, after a minute", () => {
  const meter = new PaceMeter(LIMITS);
  for (let second = 1; second < 60; second++) assert.ok(meter.arrived(1, 1_000), `second ${second}`);
  assert.equal(meter.arrived(1, 1_000), false);
});

Deno.test("PaceMeter does not count a good minute for the next one", () => {
  const meter = new PaceMeter(LIMITS);
  assert.ok(meter.arrived(10_000_000, 60_000));
  assert.ok(meter.arrived(59_999, 59_999));
  assert.equal(meter.arrived(0, 1), false);
});
