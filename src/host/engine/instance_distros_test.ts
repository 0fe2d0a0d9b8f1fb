import assert from "node:assert/strict";
import { join } from "node:path";
import { AGENT_FILE, SHARE_FILE } from "../../../tests/fakes/fake_distro_machine.ts";
import { FakeWsl } from "../../../tests/fakes/fake_wsl.ts";
import { sampleExecutable } from "../../../tests/fakes/sample_executable.ts";
import { NO_LOG } from "../../logging/log.ts";
import { engineRootfsId } from "../../payload/engine_rootfs_stream.ts";
import { openExecutable } from "../../payload/executable.ts";
import { EMBEDDED } from "../../payload/payload.ts";
import { createHome, resolveHome } from "../home.ts";
import { Installation } from "../installation.ts";
import { type InstanceDistros, openInstanceDistros } from "./instance_distros.ts";

const { signal } = new AbortController();
const quiet = { signal, progress: () => {} };

/** A home with executables of two versions whose engines differ, and a wsl that outlives them. */
interface Bench extends AsyncDisposable {
  readonly wsl: FakeWsl;
  /** Paths of the executables. */
  readonly old: string;
  readonly new: string;
  /** A process of that version. */
  open(executable: string, isTrial?: boolean): Promise<InstanceDistros>;
  prepare(distros: InstanceDistros, executable: string): Promise<void>;
}

async function openBench(): Promise<Bench> {
  const root = await Deno.makeTempDir({ prefix: "windlass-instance-" });
  const home = resolveHome({ WINDLASS_HOME: join(root, "home") }, "linux");
  await createHome(home);
  const write = async (version: string) => {
    const path = join(root, version);
    const bytes = (text: string) => new TextEncoder().encode(text);
    const contents = { deno: bytes("deno"), rootfs: bytes("rootfs"), agent: bytes(version) };
    await Deno.writeFile(path, sampleExecutable({ ...contents, "data-rootfs": bytes("data") }).bytes);
    return path;
  };
  const wsl = new FakeWsl({
    filesOf: () => [AGENT_FILE, SHARE_FILE],
    runProgram: (_, { argv }) => {
      if (argv[0] === "/bin/cat") return { stdout: '{"format":1,"dockerd":"29.0.1"}' };
      if (argv.at(-1) === "/usr/lib/windlass/rehearse") {
        return { stdout: JSON.stringify({ programs: { dockerd: "29.0.1" }, problems: [] }) };
      }
      return { stdout: argv.at(-1)?.includes("incomplete") ? "unused" : "complete" };
    },
  });
  const closing = new DisposableStack();
  const version = { id: EMBEDDED, trial: false };
  return {
    wsl,
    old: await write("old"),
    new: await write("new"),
    open: (executable, isTrial = false) =>
      openInstanceDistros({
        wsl,
        installation: closing.use(new Installation({ home, executable, version })),
        isTrial,
        log: NO_LOG,
      }),
    prepare: async (distros, executable) => {
      using version = await openExecutable(executable);
      await distros.prepare({ version, ...quiet });
    },
    async [Symbol.asyncDispose]() {
      closing.dispose();
      await Deno.remove(root, { recursive: true });
    },
  };
}

async function rootfsIdOf(executable: string): Promise<string> {
  using opened = await openExecutable(executable);
  return engineRootfsId(opened);
}

Deno.test("InstanceDistros has each version use the engine with its own content, there and back", async () => {
  await using bench = await openBench();
  const before = await bench.open(bench.old);
  assert.deepEqual([before.engineName, before.rootfsId, await before.areRecorded()], [
    "windlass",
    null,
    false,
  ]);
  await before.ensure(quiet);
  await bench.prepare(before, bench.new);
  assert.deepEqual([before.engineName, before.otherEngineNames], ["windlass", ["windlass-b"]]);
  assert.equal(before.rootfsId, await rootfsIdOf(bench.old));

  const after = await bench.open(bench.new, true);
  assert.deepEqual([after.engineName, after.otherEngineNames], ["windlass-b", ["windlass"]]);
  assert.equal(await after.areRecorded(), true);
  assert.equal(after.rootfsId, await rootfsIdOf(bench.new));

  const back = await bench.open(bench.old);
  assert.deepEqual([back.engineName, await back.areRecorded()], ["windlass", true]);
  await back.removeOthers();
  assert.deepEqual([...bench.wsl.distros.keys()].sort(), ["windlass", "windlass-data"]);
  assert.deepEqual(back.otherEngineNames, []);
});

Deno.test("InstanceDistros.removeOthers() leaves the engine of this version under its second name", async () => {
  await using bench = await openBench();
  const before = await bench.open(bench.old);
  await before.ensure(quiet);
  await bench.prepare(before, bench.new);
  const after = await bench.open(bench.new);
  await after.removeOthers();
  assert.deepEqual([...bench.wsl.distros.keys()].sort(), ["windlass-b", "windlass-data"]);
  assert.deepEqual([after.engineName, await after.areRecorded()], ["windlass-b", true]);
});

Deno.test("InstanceDistros.removeOthers() removes nothing before this version has an engine", async () => {
  await using bench = await openBench();
  await (await bench.open(bench.old)).ensure(quiet);
  bench.wsl.calls.length = 0;
  await (await bench.open(bench.new)).removeOthers();
  assert.deepEqual(bench.wsl.calls, []);
});

Deno.test("InstanceDistros keeps the engine of the version before, as long as this one is on trial", async () => {
  await using bench = await openBench();
  await (await bench.open(bench.old)).ensure(quiet);
  await (await bench.open(bench.new, true)).ensure(quiet);
  assert.deepEqual([...bench.wsl.distros.keys()].sort(), ["windlass", "windlass-b", "windlass-data"]);
  assert.equal((await bench.open(bench.old)).engineName, "windlass");
});

Deno.test("InstanceDistros replaces the engine of an executable that another has taken the place of", async () => {
  await using bench = await openBench();
  await (await bench.open(bench.old)).ensure(quiet);
  await (await bench.open(bench.new)).ensure(quiet);
  assert.deepEqual([...bench.wsl.distros.keys()].sort(), ["windlass", "windlass-data"]);
});

Deno.test("InstanceDistros keeps its name, whatever else is prepared meanwhile", async () => {
  await using bench = await openBench();
  const distros = await bench.open(bench.old);
  const preparing = bench.prepare(distros, bench.new); // before this version was ever imported
  const ensuring = distros.ensure(quiet);
  assert.deepEqual(distros.otherEngineNames, [], "what is being prepared runs nothing");
  await Promise.all([preparing, ensuring]);
  assert.equal(distros.engineName, "windlass");
  assert.equal(distros.rootfsId, await rootfsIdOf(bench.old));
  assert.equal((await bench.open(bench.new)).rootfsId, await rootfsIdOf(bench.new));
});

Deno.test("InstanceDistros.prepare() has nothing to do for the version that runs", async () => {
  await using bench = await openBench();
  const distros = await bench.open(bench.old);
  await distros.ensure(quiet);
  bench.wsl.calls.length = 0;
  await bench.prepare(distros, bench.old);
  assert.deepEqual(bench.wsl.calls, []);
});

Deno.test("InstanceDistros.prepare() ends with the signal's reason", async () => {
  await using bench = await openBench();
  const distros = await bench.open(bench.old);
  await distros.ensure(quiet);
  using version = await openExecutable(bench.new);
  const reason = new Error("enough");
  const aborted = AbortSignal.abort(reason);
  await assert.rejects(distros.prepare({ version, signal: aborted, progress: () => {} }), reason);
  assert.deepEqual([...bench.wsl.distros.keys()].sort(), ["windlass", "windlass-data"]);
});

Deno.test("InstanceDistros.dataWrittenBy() is what the data distro says, and nothing without one", async () => {
  await using bench = await openBench();
  const distros = await bench.open(bench.old);
  assert.equal(await distros.dataWrittenBy(signal), undefined);
  await distros.ensure(quiet);
  assert.equal(await distros.dataWrittenBy(signal), "29.0.1");
});

Deno.test("InstanceDistros.remove() needs no executable that can be read", async () => {
  await using bench = await openBench();
  const before = await bench.open(bench.old);
  await before.ensure(quiet);
  await bench.prepare(before, bench.new);
  await Deno.writeTextFile(bench.old, "damaged");
  const distros = await bench.open(bench.old);
  assert.equal(distros.engineName, "windlass");
  await distros.remove({ progress: () => {} });
  assert.equal(bench.wsl.distros.size, 0);
});
