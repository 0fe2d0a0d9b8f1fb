import assert from "node:assert/strict";
import { runTool } from "../../../scripts/build/run_tool.ts";
import { oncePerFile } from "../../support/once_per_file.ts";
import { makeVersionExecutable } from "./small_executable.ts";
import { openVersionLab } from "../update/version_lab.ts";

const STARTS_AT_ONCE = 8;

const executable = oncePerFile(() => makeVersionExecutable());
const openLab = async () => openVersionLab(await executable());

Deno.test("windlass runs the version that current.json names", async () => {
  const { store, one, two, runs } = await openLab();
  assert.equal(await runs("status"), "unset|embedded");
  await store.writeCurrent({ current: two, previous: one, trial: false, tries: 0 });
  assert.equal(await runs("status"), "unset|two");
  assert.equal(await runs("host"), "unset|two");
  await store.writeCurrent({ current: "embedded", previous: two, trial: false, tries: 0 });
  assert.equal(await runs("status"), "unset|embedded");
});

Deno.test("windlass started by a version on trial does not take its variables over", async () => {
  const { home, store, one, two } = await openLab();
  const { run } = await executable();
  await store.writeCurrent({ current: two, previous: one, trial: true, tries: 1 });
  const wrapper = ["env", "WINDLASS_TRIAL=1", `WINDLASS_VERSION_ID=${two}`];
  assert.equal((await run(home, ["status"], { wrapper })).stdout, `${one}|unset|one|status`);
});

Deno.test("windlass runs a version on trial only for the host, counts it, and after two tries runs the previous one", async () => {
  const { store, one, two, runs } = await openLab();
  await store.writeCurrent({ current: two, previous: one, trial: true, tries: 0 });
  assert.equal(await runs("status"), "unset|one");
  assert.equal(await runs(), "unset|one");
  assert.equal(await runs("status", "host"), "unset|one");
  assert.deepEqual((await store.readCurrent())?.tries, 0);
  assert.equal(await runs("host", "--background"), "1|two");
  assert.deepEqual((await store.readCurrent())?.tries, 1);
  assert.equal(await runs("host"), "1|two");
  assert.equal(await runs("host"), "unset|one");
  const current = await store.readCurrent();
  assert.deepEqual(current, {
    embedded: store.embeddedId,
    current: two,
    previous: one,
    trial: true,
    tries: 2,
  });
});

Deno.test("windlass without a previous version runs the embedded one during a trial, even if that is itself on trial", async () => {
  const { store, one, runs } = await openLab();
  await store.writeCurrent({ current: one, previous: null, trial: true, tries: 1 });
  assert.equal(await runs("status"), "unset|embedded");
  assert.equal(await runs("host"), "1|one");
  assert.equal(await runs("host"), "unset|embedded");
  await store.writeCurrent({ current: "embedded", previous: one, trial: true, tries: 0 });
  assert.equal(await runs("host"), "1|embedded");
  assert.equal(await runs("status"), "unset|one");
});

Deno.test("windlass started several times at once counts each of them", async () => {
  const { store, one, two, runs } = await openLab();
  await store.writeCurrent({ current: two, previous: one, trial: true, tries: 0 });
  const ran = await Promise.all(Array.from({ length: STARTS_AT_ONCE }, () => runs("host")));
  assert.equal(ran.filter((what) => what === "1|two").length, 2);
  assert.equal(ran.filter((what) => what === "unset|one").length, STARTS_AT_ONCE - 2);
  assert.deepEqual((await store.readCurrent())?.tries, 2);
});

Deno.test("windlass runs the previous version where it cannot count", async () => {
  const { home, store, one, two, runs } = await openLab();
  await store.writeCurrent({ current: two, previous: one, trial: true, tries: 0 });
  {
    using lock = await Deno.open(`${home}/versions/lock`, { read: true, write: true });
    await lock.lock(true);
    assert.equal(await runs("host"), "unset|one");
  }
  await Deno.remove(`${home}/versions/lock`);
  await Deno.mkdir(`${home}/versions/lock`);
  assert.equal(await runs("host"), "unset|one");
  await Deno.remove(`${home}/versions/lock`);
  assert.equal(await runs("host"), "1|two");
});

Deno.test("windlass in a home that nobody may write to runs what it can, and counts nothing", async () => {
  const { home, store, one, two, runs } = await openLab();
  await store.writeCurrent({ current: two, previous: one, trial: false, tries: 0 });
  assert.equal(await runs("status"), "unset|two"); // unpacks the runtime
  await store.writeCurrent({ current: two, previous: one, trial: true, tries: 0 });
  await using _mount = await mountReadOnly(home);
  assert.equal(await runs("host"), "unset|one");
  assert.deepEqual((await store.readCurrent())?.tries, 0);
});

/** The home as it is, but read-only also for root. */
async function mountReadOnly(home: string): Promise<AsyncDisposable> {
  const run = async (...command: string[]) => {
    const { success } = await new Deno.Command(command[0]!, { args: command.slice(1) }).output();
    assert.ok(success, command.join(" "));
  };
  await run("mount", "--bind", home, home);
  await run("mount", "-o", "remount,bind,ro", home);
  return { [Symbol.asyncDispose]: () => run("umount", home) };
}

Deno.test("windlass takes no current.json of another executable", async () => {
  const { home, store, two, runs } = await openLab();
  await store.writeCurrent({ current: two, previous: null, trial: false, tries: 0 });
  await using other = await makeVersionExecutable("another one");
  const { stdout, stderr } = await other.run(home, ["host"]);
  assert.deepEqual([stdout, stderr], ["embedded|unset|another one|host", ""]);
  assert.equal(await runs("host"), "unset|two");
});

Deno.test("windlass killed at any of its system calls while it counts leaves a current.json that says before or after", async () => {
  const { home, store, one, two, runs } = await openLab();
  const { path, folder } = await executable();
  const killer = `${folder}/kill_at_system_call`;
  const source = new URL("fixtures/kill_at_system_call.c", import.meta.url).pathname;
  await runTool(["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", killer, source]);
  const before = { current: two, previous: one, trial: true, tries: 0 };
  await store.writeCurrent({ ...before, trial: false });
  assert.equal(await runs(), "unset|two"); // unpacks the runtime
  const counts: number[] = [];
  for (let call = 1;; call++) {
    await store.writeCurrent(before);
    const { code } = await new Deno.Command(killer, {
      args: [`${call}`, path, "host"],
      clearEnv: true,
      env: { WINDLASS_HOME: home },
    }).output();
    const current = await store.readCurrent();
    counts.push(current?.tries ?? -1);
    assert.deepEqual(current, { embedded: store.embeddedId, ...before, tries: counts.at(-1) });
    assert.equal(await runs("host"), "1|two", `after a death at call ${call}`);
    if (code === 3) break;
    assert.equal(code, 0);
  }
  assert.deepEqual(counts, counts.toSorted());
  assert.deepEqual([counts[0], counts.at(-1)], [0, 1]);
  assert.ok(counts.length > 40, `killed at ${counts.length} calls`);
});
