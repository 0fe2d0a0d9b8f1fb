import assert from "node:assert/strict";
import {
  createFakeMachine,
  DATA_FOLDER,
  dataImage,
  type FakeMachine,
  image,
  SHARE_FILE,
} from "../../tests/fakes/fake_distro_machine.ts";
import { dataRecord, ensureDataDistro } from "./data_distro.ts";

const VOLUME = `${DATA_FOLDER}docker/volumes/precious`;

/** A distro as it may be found at the start; `files` beyond the image's are the user's. */
function register(machine: FakeMachine, files: readonly string[]): void {
  const directory = `${machine.home}/distros/windlass-data`;
  machine.wsl.distros.set("windlass-data", {
    state: "stopped",
    directory,
    archive: "",
    files: new Set(files),
  });
}

Deno.test("ensureDataDistro() imports, checks and records the distro when there is none", async () => {
  await using machine = await createFakeMachine();
  await ensureDataDistro(await machine.startProcess(), dataImage());
  assert.deepEqual([...machine.wsl.distros.keys()], ["windlass-data"]);
  assert.equal((await machine.startProcess()).record.data?.state, "ready");
  assert.deepEqual(machine.wsl.calls, ["list", "import windlass-data", "run windlass-data"]);
});

Deno.test("ensureDataDistro() keeps a ready distro whatever image comes along", async () => {
  await using machine = await createFakeMachine();
  await ensureDataDistro(await machine.startProcess(), dataImage());
  machine.wsl.distros.get("windlass-data")?.files.add(VOLUME);
  await ensureDataDistro(await machine.startProcess(), image("newer", ["/etc", SHARE_FILE]));
  assert.ok(machine.wsl.distros.get("windlass-data")?.files.has(VOLUME));
});

for (const damage of ["lost", "damaged"] as const) {
  for (const files of [[SHARE_FILE], [SHARE_FILE, VOLUME]]) {
    const use = files.length === 1 ? "an unused" : "a used";
    Deno.test(`ensureDataDistro() keeps ${use} distro when the record is ${damage}`, async () => {
      await using machine = await createFakeMachine();
      register(machine, files);
      if (damage === "damaged") await Deno.writeTextFile(machine.recordPath, '{"format":1,"engine":');
      await ensureDataDistro(await machine.startProcess(), dataImage());
      assert.deepEqual([...machine.wsl.distros.get("windlass-data")?.files ?? []], files);
      assert.ok(!machine.wsl.calls.includes("unregister windlass-data"));
      assert.equal((await machine.startProcess()).record.data?.state, "ready");
    });
  }
}

Deno.test("ensureDataDistro() refuses, and keeps, a distro of its name that it does not know", async () => {
  await using machine = await createFakeMachine();
  register(machine, ["/home/user/thesis"]);
  await assert.rejects(ensureDataDistro(await machine.startProcess(), dataImage()), {
    code: "WL_DATA_DISTRO_UNUSABLE",
    message:
      "Cannot use the distro 'windlass-data': it is registered, but has no /usr/lib/windlass/share-data",
  });
  assert.ok(machine.wsl.distros.get("windlass-data")?.files.has("/home/user/thesis"));
});

Deno.test("ensureDataDistro() keeps a distro with data even if the record says it was never complete", async () => {
  await using machine = await createFakeMachine();
  register(machine, [SHARE_FILE, VOLUME]);
  const context = await machine.startProcess();
  await context.record.setData(dataRecord("importing"));
  await ensureDataDistro(context, dataImage());
  assert.ok(machine.wsl.distros.get("windlass-data")?.files.has(VOLUME));
  assert.equal(context.record.data?.state, "ready");
});

Deno.test("ensureDataDistro() starts over when the import was begun and never completed", async () => {
  await using machine = await createFakeMachine();
  register(machine, ["/etc"]);
  const context = await machine.startProcess();
  await context.record.setData(dataRecord("importing"));
  await Deno.mkdir(`${machine.home}/distros/windlass-data/leftover`, { recursive: true });
  await ensureDataDistro(context, dataImage());
  assert.ok(machine.wsl.distros.get("windlass-data")?.files.has(SHARE_FILE));
});

for (const record of ["ready", null] as const) {
  const state = record === null ? "lost" : "ready";
  Deno.test(`ensureDataDistro() leaves a full folder alone when wsl has lost the distro and the record is ${state}`, async () => {
    await using machine = await createFakeMachine();
    const context = await machine.startProcess();
    if (record !== null) await context.record.setData(dataRecord(record));
    const disk = `${machine.home}/distros/windlass-data/ext4.vhdx`;
    await Deno.mkdir(`${machine.home}/distros/windlass-data`, { recursive: true });
    await Deno.writeTextFile(disk, "data");
    const message =
      `Cannot import the distro 'windlass-data': its folder '${machine.home}/distros/windlass-data' is not empty`;
    await assert.rejects(ensureDataDistro(context, dataImage()), { code: "WL_DATA_LEFT_BEHIND", message });
    assert.equal(await Deno.readTextFile(disk), "data");
    assert.deepEqual(machine.wsl.calls, ["list"]);
  });
}

Deno.test("ensureDataDistro() imports again when the user has unregistered the distro", async () => {
  await using machine = await createFakeMachine();
  await ensureDataDistro(await machine.startProcess(), dataImage());
  machine.wsl.distros.clear();
  await ensureDataDistro(await machine.startProcess(), dataImage());
  assert.ok(machine.wsl.distros.has("windlass-data"));
});

Deno.test("ensureDataDistro() refuses an archive without its program and leaves no distro", async () => {
  await using machine = await createFakeMachine();
  await assert.rejects(ensureDataDistro(await machine.startProcess(), image("data", ["/etc"])), {
    code: "WL_ROOTFS_INVALID",
    message: "Cannot use the distro 'windlass-data': it has no /usr/lib/windlass/share-data",
  });
  assert.equal(machine.wsl.distros.size, 0);
});

Deno.test("ensureDataDistro() does not take wsl's own failure for an unused distro", async () => {
  await using machine = await createFakeMachine({
    runProgram: () => {
      throw new TypeError("the virtual machine does not start");
    },
  });
  register(machine, [SHARE_FILE]);
  const context = await machine.startProcess();
  await context.record.setData(dataRecord("importing"));
  await assert.rejects(ensureDataDistro(context, dataImage()), /the virtual machine does not start/);
  assert.ok(machine.wsl.distros.has("windlass-data"));
});
