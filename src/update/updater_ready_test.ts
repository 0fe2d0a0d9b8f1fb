import assert from "node:assert/strict";
import { FakeUpdateWorld, type FakeUpdateWorldOptions, NEW } from "../../tests/fakes/fake_update_world.ts";
import { NEVER } from "../timing/sleep.ts";
import type { Updater } from "./updater.ts";

/* What becomes of a version that is ready, or waits for its idle moment. */

/** A host of the old version, on a machine where nothing has been done. */
async function oldHost(options: FakeUpdateWorldOptions = {}) {
  const world = new FakeUpdateWorld(options);
  const { updater } = await world.startHost();
  world.asked.length = 0;
  return { world, updater };
}

async function done(updater: Updater, work: Promise<void>): Promise<void> {
  await work;
  await updater.settled();
}

Deno.test("what auto has agreed to waits while the mode is no longer auto", async () => {
  const { world, updater } = await oldHost({ unusedFor: () => 0 });
  await updater.check(NEVER, { manual: false });
  await done(updater, updater.install({ when: "idle" }, NEVER, "auto"));
  assert.equal(updater.waiting?.by, "auto");
  const settings = { unusedFor: () => Infinity };
  const next = new FakeUpdateWorld(settings);
  Object.assign(next, { journal: world.journal, state: world.state });
  next.installed.set(NEW, world.installed.get(NEW)!);
  const host = await next.startHost();
  await host.updater.tryIdleMoment(NEVER); // the default mode is download
  assert.equal(next.current, undefined);
});

Deno.test("skip() and pin() forget what is ready and not wanted any more", async () => {
  for (
    const refuse of [(updater: Updater) => updater.skip("1.1.0"), (updater: Updater) => updater.pin("1.0")]
  ) {
    const { world, updater } = await oldHost();
    await done(updater, updater.download(NEVER));
    await refuse(updater);
    assert.deepEqual([updater.status().step, updater.status().offer, world.journal], [
      "idle",
      undefined,
      undefined,
    ]);
  }
});

Deno.test("what auto has downloaded is installed when idle once the user has agreed, whatever the mode", async () => {
  let unused = 0;
  const { world, updater } = await oldHost({ unusedFor: () => unused });
  await done(updater, updater.download(NEVER, "auto"));
  assert.equal(updater.status().step, "ready");
  await done(updater, updater.install({ when: "idle" }, NEVER));
  const next = await world.startHost();
  assert.deepEqual([next.updater.status().step, next.updater.waiting?.by], ["waiting-for-idle", "user"]);
  unused = 60_000;
  await next.updater.tryIdleMoment(NEVER);
  assert.equal(world.current?.current, NEW);
});

Deno.test("check() forgets what is ready when it was withdrawn", async () => {
  const release: { version?: string; withdrawn?: string[] } = {};
  const { world, updater } = await oldHost({
    release,
    unusedFor: () => 0,
    settings: { "update.mode": "auto" },
  });
  await done(updater, updater.install({ when: "idle" }, NEVER, "auto"));
  assert.equal(updater.status().step, "waiting-for-idle");
  Object.assign(release, { version: "1.0.0", withdrawn: ["1.1.0"] });
  await updater.check(NEVER, { manual: false });
  assert.deepEqual([updater.status().step, updater.waiting, world.journal], ["idle", undefined, undefined]);
});

Deno.test("auto continues with a version that is newer than the one that waits", async () => {
  const release: { version?: string } = {};
  const { updater } = await oldHost({ release, unusedFor: () => 0, settings: { "update.mode": "auto" } });
  await done(updater, updater.install({ when: "idle" }, NEVER, "auto"));
  release.version = "1.2.0";
  await updater.check(NEVER, { manual: false });
  await done(updater, updater.install({ when: "idle" }, NEVER, "auto"));
  assert.equal(updater.waiting?.version, "1.2.0");
});

Deno.test("auto does not install what was skipped or pinned away while it was being downloaded", async () => {
  for (
    const refuse of [(updater: Updater) => updater.skip("1.1.0"), (updater: Updater) => updater.pin("1.0")]
  ) {
    const { world, updater } = await oldHost({ settings: { "update.mode": "auto" } });
    await updater.check(NEVER, { manual: false });
    await updater.install({ when: "idle" }, NEVER, "auto");
    await refuse(updater);
    await updater.settled();
    assert.deepEqual([updater.status().step, world.current, world.journal], ["idle", undefined, undefined]);
  }
});

Deno.test("what is in the store already is not downloaded again", async () => {
  const { world, updater } = await oldHost();
  await done(updater, updater.download(NEVER));
  await updater.skip("1.1.0");
  world.asked.length = 0;
  await done(updater, updater.install({ when: "now", version: "1.1.0" }, NEVER));
  assert.deepEqual(world.asked, ["channel", "prepare", "prepared", "staging cleared", "engine stopped"]);
  assert.equal(world.current?.current, NEW);
});

Deno.test("a version whose files have changed while it was ready is fetched again", async () => {
  const { world, updater } = await oldHost();
  await done(updater, updater.download(NEVER));
  world.installed.clear();
  await done(updater, updater.install({ when: "now" }, NEVER));
  const { step, problem } = updater.status();
  assert.deepEqual([step, problem?.code, world.journal], ["idle", "WL_VERSION_INCOMPLETE", undefined]);
  await done(updater, updater.install({ when: "now" }, NEVER));
  assert.equal(world.current?.current, NEW);
});
