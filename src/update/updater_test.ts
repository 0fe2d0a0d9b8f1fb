import assert from "node:assert/strict";
import {
  FakeUpdateWorld,
  type FakeUpdateWorldOptions,
  NEW,
  OLD,
} from "../../tests/fakes/fake_update_world.ts";
import { EMBEDDED } from "../payload/payload.ts";
import { recoverUpdate } from "./change/carry_out_recovery.ts";
import { holdTrial } from "./trial/hold_trial.ts";
import { isWindlassError } from "../errors/windlass_error.ts";
import { NEVER } from "../timing/sleep.ts";
import type { Updater } from "./updater.ts";

/** A host of the old version, on a machine where nothing has been done. */
async function oldHost(options: FakeUpdateWorldOptions = {}) {
  const world = new FakeUpdateWorld(options);
  const { updater } = await world.startHost();
  world.asked.length = 0;
  return { world, updater };
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert.ok(isWindlassError(error), String(error));
    return `${error.code}: ${error.message}`;
  }
  return "no refusal";
}

async function done(updater: Updater, work: Promise<void>): Promise<void> {
  await work;
  await updater.settled();
}

Deno.test("check() reports what is offered, and when the channel has answered", async () => {
  const { world, updater } = await oldHost();
  assert.equal(updater.status().lastCheck, null);
  await updater.check(NEVER);
  const { offer, step, lastCheck } = updater.status();
  assert.deepEqual(
    [offer?.version, offer?.downloadBytes, offer?.fullBytes, step, lastCheck],
    ["1.1.0", 50, 1_000, "idle", "2026-01-02T03:04:05.000Z"],
  );
  assert.deepEqual(world.asked, ["channel"]);
});

Deno.test("download() goes as far as a version that is ready, and a second one does nothing more", async () => {
  const { world, updater } = await oldHost();
  await done(updater, updater.download(NEVER));
  const { step, stage } = updater.status();
  assert.deepEqual([step, stage], ["ready", undefined]);
  const steps = ["stage", "install", "installed", "prepare", "prepared", "staging cleared"];
  assert.deepEqual(world.asked, ["channel", "channel", ...steps]);
  world.asked.length = 0;
  await done(updater, updater.download(NEVER));
  assert.deepEqual(world.asked, ["channel"]);
  assert.equal(world.current, undefined);
});

Deno.test("install() now names the new version on trial with the engine stopped, and ends the host", async () => {
  const world = new FakeUpdateWorld();
  let ended = 0;
  const updater = world.updater(OLD, () => ended++);
  await updater.open(undefined, false);
  await done(updater, updater.install({ when: "now" }, NEVER));
  assert.equal(ended, 1);
  const { step, stage } = updater.status();
  assert.deepEqual([step, stage], ["switching", "Switching"]);
  assert.deepEqual(world.asked.slice(-2), ["staging cleared", "engine stopped"]);
  const { current, previous, trial, tries } = world.current!;
  assert.deepEqual({ current, previous, trial, tries }, {
    current: NEW,
    previous: OLD,
    trial: true,
    tries: 0,
  });
  assert.equal(
    await refusal(updater.check(NEVER)),
    "WL_UPDATE_BUSY: Cannot start an update: Windlass 1.0.0 is being replaced",
  );
});

Deno.test("a new version that is healthy stays, and the old engine goes", async () => {
  const { world, updater } = await oldHost();
  await done(updater, updater.install({ when: "now" }, NEVER));
  const next = await world.startHost();
  assert.equal(next.running, NEW);
  assert.deepEqual([...world.distros], [NEW]);
  const { current, previous, step } = next.updater.status();
  assert.deepEqual(
    [current, previous, step],
    [{ id: NEW, version: "1.1.0", trial: false }, { id: EMBEDDED, version: "1.0.0" }, "idle"],
  );
  assert.deepEqual(world.entries.map(({ event, version, from, by }) => ({ event, version, from, by })), [
    { event: "updated", version: "1.1.0", from: "1.0.0", by: "user" },
  ]);
  assert.equal(world.journal, undefined);
});

Deno.test("a version is on trial until the number of the one before it is known", async () => {
  const { world, updater } = await oldHost();
  await done(updater, updater.install({ when: "now" }, NEVER));
  const records = world.records();
  const { trial, journal } = await recoverUpdate(records, {
    running: world.launch(),
    versionOf: async (id) => (await world.describe(id, NEW)).version,
  });
  const seen: unknown[] = [];
  const next = world.updater(NEW, undefined, () => seen.push(status()));
  const status = () => {
    const { current, previous } = next.status();
    return { trial: current.trial, previous: previous?.version };
  };
  await next.open(journal, true);
  await holdTrial(records, trial!, () => Promise.resolve(), NEVER);
  const ended = next.trialEnded();
  assert.deepEqual(status(), { trial: true, previous: "unknown" });
  await ended;
  assert.deepEqual(status(), { trial: false, previous: "1.0.0" });
  assert.deepEqual(seen.at(-1), status());
});

Deno.test("a new version that is not healthy is left, marked bad with the reason, and not offered again", async () => {
  const { world, updater } = await oldHost({ newIsBroken: "dockerd does not answer" });
  await done(updater, updater.install({ when: "now" }, NEVER));
  const next = await world.startHost();
  assert.deepEqual([next.running, world.current, world.journal], [OLD, undefined, undefined]);
  await next.updater.check(NEVER);
  const { bad, offer, noOffer } = next.updater.status();
  assert.deepEqual(bad, [{ version: "1.1.0", reason: "dockerd does not answer" }]);
  assert.equal(offer, undefined);
  assert.match(noOffer!, /^Windlass 1\.1\.0 is available but failed on this machine/);
  assert.deepEqual([...world.installed.keys()], []);
});

Deno.test("install() when idle waits as long as the engine is used, and survives a restart of the host", async () => {
  let unused = 0;
  const { world, updater } = await oldHost({ unusedFor: () => unused });
  await done(updater, updater.install({ when: "idle" }, NEVER));
  assert.equal(updater.status().step, "waiting-for-idle");
  await updater.tryIdleMoment(NEVER);
  assert.equal(world.launch(), OLD);
  const next = await world.startHost();
  assert.equal(next.updater.status().step, "waiting-for-idle");
  unused = 60_000;
  await next.updater.tryIdleMoment(NEVER);
  assert.equal(next.updater.status().step, "switching");
  assert.equal(world.current?.current, NEW);
});

Deno.test("rollback() goes back to the previous version with its engine, and skips the one that is left", async () => {
  const { world, updater } = await oldHost();
  await done(updater, updater.install({ when: "now" }, NEVER));
  const newer = await world.startHost();
  await done(newer.updater, newer.updater.rollback({ when: "now" }));
  const older = await world.startHost();
  assert.deepEqual([older.running, [...world.distros]], [OLD, [OLD]]);
  const { previous, skipped } = older.updater.status();
  assert.deepEqual([previous, skipped], [{ id: NEW, version: "1.1.0" }, ["1.1.0"]]);
  assert.equal(world.entries.at(-1)?.event, "went back");
});

Deno.test("rollback() is refused where there is no way back", async () => {
  const { updater } = await oldHost();
  assert.equal(
    await refusal(updater.rollback({ when: "now" })),
    "WL_UPDATE_NO_PREVIOUS: Cannot roll back from Windlass 1.0.0: no previous version is on this machine",
  );
  const { world, updater: other } = await oldHost({ release: { undo: false } });
  await done(other, other.install({ when: "now" }, NEVER));
  const { updater: newer } = await world.startHost();
  assert.equal(
    await refusal(newer.rollback({ when: "now" })),
    "WL_UPDATE_NO_WAY_BACK: Cannot roll back to Windlass 1.0.0: it cannot read the data that Windlass 1.1.0 has written",
  );
});

Deno.test("download() says why there is nothing to install", async () => {
  const { updater } = await oldHost({ release: { version: "1.0.0" } });
  assert.equal(
    await refusal(updater.download(NEVER)),
    "WL_UPDATE_NOTHING: Cannot update: Windlass 1.0.0 is the latest version in the channel stable",
  );
  const tooNew = await oldHost({ release: { minimumUpdater: 2 } });
  assert.equal(
    await refusal(tooNew.updater.install({ when: "now" }, NEVER)),
    "WL_UPDATE_NOTHING: Cannot update: Windlass 1.1.0 requires a newer updater; download and run its executable",
  );
  assert.deepEqual(tooNew.world.asked, ["channel"]);
});

Deno.test("install() of a bundle does not ask the channel, and is not recorded as a check", async () => {
  const { world, updater } = await oldHost();
  await done(updater, updater.install({ when: "now", from: "/media/usb/windlass.tar" }, NEVER));
  assert.deepEqual(world.asked.slice(0, 3), [
    "bundle /media/usb/windlass.tar",
    "bundle /media/usb/windlass.tar",
    "stage",
  ]);
  assert.equal(updater.status().lastCheck, null);
  assert.equal(updater.status().step, "switching");
});

Deno.test("one piece of work at a time", async () => {
  const { updater } = await oldHost();
  await updater.check(NEVER);
  const installing = updater.install({ when: "idle" }, NEVER);
  await installing;
  assert.equal(
    await refusal(updater.check(NEVER)),
    "WL_UPDATE_BUSY: Cannot start an update: another one is under way (downloading)",
  );
  await updater.settled();
});

Deno.test("tidy() removes the engine of another version without any journal", async () => {
  const world = new FakeUpdateWorld();
  world.distros.add(NEW);
  world.distros.add(OLD);
  await world.startHost();
  assert.deepEqual([world.journal, [...world.distros]], [undefined, [OLD]]);
});

Deno.test("tidy() says when it is not the time, and keeps the engine of a version that is ready", async () => {
  const { world, updater } = await oldHost();
  assert.equal(await updater.tidy(NEVER), true);
  world.asked.length = 0;
  await updater.download(NEVER);
  assert.equal(await updater.tidy(NEVER), false, "it downloads");
  await updater.settled();
  assert.equal(world.asked.includes("distros are removed"), false);
  assert.equal(await updater.tidy(NEVER), true);
  assert.equal(world.distros.has(NEW), true);
  await done(updater, updater.install({ when: "now" }, NEVER));
  assert.equal(await updater.tidy(NEVER), false, "it is left");
});

Deno.test("tidy() that begins between the check and the download takes away nothing that is being installed", async () => {
  const slow = Promise.withResolvers<void>();
  const world = new FakeUpdateWorld({ removing: () => slow.promise });
  // As a host whose engine comes up during the check.
  const updater: Updater = world.updater(OLD, undefined, () => void updater.tidy(NEVER));
  await updater.open(undefined, false);
  await updater.install({ when: "now" }, NEVER);
  setTimeout(slow.resolve);
  await updater.settled();
  assert.deepEqual(world.asked.slice(0, 4), ["channel", "distros are removed", "distros removed", "channel"]);
  assert.deepEqual([updater.status().problem, world.current?.current], [undefined, NEW]);
});
