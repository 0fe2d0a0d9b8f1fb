import assert from "node:assert/strict";
import { WindlassError } from "../../errors/windlass_error.ts";
import { NO_LOG } from "../../logging/log.ts";
import type { UpdateStatus } from "../../api/resources/updates.ts";
import { UPDATE_STATUS } from "../../../tests/fakes/fake_updates.ts";
import { aborted } from "../../timing/sleep.ts";
import type { Offer } from "./find_offer.ts";
import type { InstalledChange } from "../records/journal.ts";
import { UpdateSchedule } from "./schedule.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Runs a schedule until it has waited so many times; returns how long each time, and what it asked for. */
async function waits(
  count: number,
  { unasked, check, isOn = () => true, status = UPDATE_STATUS, waiting }: {
    readonly unasked?: "announce" | "download" | "install";
    readonly check?: () => Promise<void>;
    readonly isOn?: () => boolean;
    readonly status?: UpdateStatus;
    readonly waiting?: InstalledChange;
  } = {},
) {
  const asked: string[] = [];
  const delays: number[] = [];
  const done = Promise.withResolvers<void>();
  const updater = {
    nextCheck: undefined as Date | undefined,
    waiting,
    offer: unasked === undefined ? undefined : { decision: { unasked } } as Offer,
    check: () => {
      asked.push("check");
      return check?.() ?? Promise.resolve();
    },
    download: () => Promise.resolve(void asked.push("download")),
    install: ({ when }: { readonly when: string }, _: AbortSignal, by = "user") =>
      Promise.resolve(void asked.push(`install ${when} by ${by}`)),
    tryIdleMoment: () => Promise.resolve(void asked.push("look")),
    settled: () => Promise.resolve(),
    status: () => status,
  };
  const schedule = new UpdateSchedule({
    updater,
    isOn,
    lastCheck: null,
    log: NO_LOG,
    onChange: () => {},
    random: () => 0.5,
    now: () => 0,
    wait: async (milliseconds, signal) => {
      delays.push(milliseconds);
      if (delays.length <= count) return;
      done.resolve();
      await aborted(signal);
    },
  });
  await done.promise;
  const { nextCheck } = updater;
  await schedule[Symbol.asyncDispose]();
  return { delays: delays.slice(0, count + 1), asked, nextCheck };
}

Deno.test("UpdateSchedule asks some minutes after the start, then every 6 hours, and does what needs no asking", async () => {
  const first = 16 * MINUTE;
  assert.deepEqual(await waits(2, { unasked: "announce" }), {
    delays: [first, 6 * HOUR, 6 * HOUR],
    asked: ["check", "check"],
    nextCheck: new Date(6 * HOUR),
  });
  assert.deepEqual((await waits(1, { unasked: "download" })).asked, ["check", "download"]);
  assert.deepEqual((await waits(1, { unasked: "install" })).asked, ["check", "install idle by auto"]);
});

Deno.test("UpdateSchedule asks again sooner after a failure, and later after each more", async () => {
  const check = () => Promise.reject(new WindlassError("WL_UPDATE_UNREACHABLE", "Cannot reach the channel"));
  assert.deepEqual((await waits(3, { check })).delays.slice(1), [HOUR / 2, HOUR, 2 * HOUR]);
  const problem = { code: "WL_UPDATE_BLOB_INVALID", message: "m", remedy: "r" };
  const failed = await waits(1, { unasked: "download", status: { ...UPDATE_STATUS, problem } });
  assert.deepEqual(failed.delays[1], HOUR / 2);
});

Deno.test("UpdateSchedule does not count it as a failure that somebody else is at work", async () => {
  const check = () => Promise.reject(new WindlassError("WL_UPDATE_BUSY", "Cannot begin"));
  assert.equal((await waits(1, { check })).delays[1], 6 * HOUR);
});

Deno.test("UpdateSchedule asks nothing while it is off", async () => {
  assert.deepEqual(await waits(1, { isOn: () => false }), {
    delays: [16 * MINUTE, 6 * HOUR],
    asked: [],
    nextCheck: undefined,
  });
});

Deno.test("UpdateSchedule looks for the idle moment of what waits every 15 s", async () => {
  const { delays, asked } = await waits(2, { waiting: { version: "1.1.0" } as InstalledChange });
  assert.deepEqual(delays.filter((delay) => delay === 15_000).length, 2);
  assert.deepEqual(asked.filter((what) => what === "look").length, 1);
});
