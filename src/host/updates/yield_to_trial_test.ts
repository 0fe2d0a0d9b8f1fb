import assert from "node:assert/strict";
import type { Current } from "../../payload/current_file.ts";
import { type YieldParts, yieldToTrial } from "./yield_to_trial.ts";

const COUNTED_AT = 1_000_000;
const ON_TRIAL: Current = {
  embedded: "e".repeat(64),
  current: "c".repeat(64),
  previous: "embedded",
  trial: true,
  tries: 2,
};

/** How many milliseconds it waits, from `started` on. */
async function waits(changes: Partial<YieldParts> & { readonly started?: number } = {}): Promise<number> {
  const started = changes.started ?? COUNTED_AT + 10;
  let now = started;
  await yieldToTrial({
    isTrial: false,
    readCurrent: () => Promise.resolve(ON_TRIAL),
    changedAt: () => Promise.resolve(COUNTED_AT),
    isHeld: () => Promise.resolve(false),
    now: () => now,
    sleep(milliseconds) {
      now += milliseconds;
      return Promise.resolve();
    },
    ...changes,
  });
  return now - started;
}

Deno.test("yieldToTrial() waits for the start that was counted last, and not for longer than one takes", async () => {
  assert.equal(await waits(), 10_000);
});

Deno.test("yieldToTrial() waits also while tries are left: this start could not be counted", async () => {
  assert.equal(await waits({ readCurrent: () => Promise.resolve({ ...ON_TRIAL, tries: 1 }) }), 10_000);
});

Deno.test("yieldToTrial() waits no more once a host has the home", async () => {
  let looks = 0;
  assert.equal(await waits({ isHeld: () => Promise.resolve(++looks > 3) }), 300);
});

Deno.test("yieldToTrial() waits no more once the trial is over", async () => {
  let looks = 0;
  const readCurrent = () => Promise.resolve({ ...ON_TRIAL, trial: ++looks < 3 });
  assert.equal(await waits({ readCurrent }), 200);
});

for (
  const [what, changes] of Object.entries<Parameters<typeof waits>[0]>({
    "by the host on trial": { isTrial: true },
    "without a trial": { readCurrent: () => Promise.resolve({ ...ON_TRIAL, trial: false }) },
    "without current.json": { readCurrent: () => Promise.resolve(undefined) },
    "while no start was counted": { readCurrent: () => Promise.resolve({ ...ON_TRIAL, tries: 0 }) },
    "when the last start was counted long ago": { started: COUNTED_AT + 10_000 },
    "when the clock was set back": { started: COUNTED_AT - 1 },
    "when nobody knows when it was counted": { changedAt: () => Promise.resolve(undefined) },
  })
) {
  Deno.test(`yieldToTrial() does not wait ${what}`, async () => assert.equal(await waits(changes), 0));
}
