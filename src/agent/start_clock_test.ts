import assert from "node:assert/strict";
import { AGENT_PHASES } from "./protocol/start_marks.ts";
import { StartClock } from "./start_clock.ts";

const SINCE = "2026-01-02T03:04:05.678Z";
const RUNNING = { kind: "running", since: SINCE, dockerVersion: "28.5.2", sampleImages: "loaded" } as const;

function clockAt(start: number) {
  const time = { now: start };
  const clock = new StartClock({ now: () => time.now, processAge: () => time.now + 20 });
  return { time, clock };
}

Deno.test("StartClock notes the end of each phase once, in their order", () => {
  const { time, clock } = clockAt(30);
  assert.deepEqual(clock.report(), { sentAt: 30, begunAt: -20, ends: { network: 0, modules: 30 } });
  for (const stage of ["leftovers", "control-groups", "data"] as const) {
    clock.entered({ kind: "preparing", stage });
    time.now += 5;
  }
  clock.entered({ kind: "starting", since: SINCE, attempt: 1 });
  time.now = 600;
  clock.entered(RUNNING);
  time.now = 900;
  clock.entered({ kind: "preparing", stage: "data" });
  clock.entered({ ...RUNNING });
  const { sentAt, ends } = clock.report();
  assert.equal(sentAt, 900);
  assert.deepEqual(Object.keys(ends), [...AGENT_PHASES]);
  assert.deepEqual(Object.values(ends), [0, 30, 35, 40, 45, 600]);
});

Deno.test("StartClock continues after a failure, ends with a stop, and never puts the process after its runtime", () => {
  const clock = new StartClock({ now: () => 30, processAge: () => 25 });
  clock.entered({ kind: "preparing", stage: "data" });
  clock.entered({ kind: "failed", code: "WL_ENGINE_DATA_MISSING", message: "no data" });
  clock.entered({ kind: "starting", since: SINCE, attempt: 2 });
  clock.entered({ kind: "stopping", stage: "engine", since: SINCE });
  clock.entered(RUNNING);
  const { begunAt, ends } = clock.report();
  assert.equal(begunAt, 0);
  assert.deepEqual(Object.keys(ends), ["network", "modules", "leftovers", "control-groups", "data"]);
});
