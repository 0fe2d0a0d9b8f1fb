/** Two engines of one instance: prepared beside each other, switched by content, removed; killed at every point. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { distroNames } from "../../../src/provisioning/distro_names.ts";
import { openDistroRecord } from "../../../src/provisioning/distro_record.ts";
import { NO_LOG } from "../../../src/logging/log.ts";
import type { WslProcess } from "../../../src/wsl/wsl.ts";
import { eventually } from "../../support/eventually.ts";
import {
  type Archives,
  killAfter,
  killAt,
  optionsFor,
  readIn,
  writeArchives,
} from "../../support/import_trial.ts";
import { createLinuxWsl, type LinuxWsl } from "../../support/linux_wsl.ts";
import { writeEngineArchive } from "../../support/small_distros.ts";
import { workOn } from "./fixtures/import_process.ts";

const VOLUME = "/var/lib/windlass/precious";
/** Kills at random times, besides those at every known point. */
const RANDOM_KILLS = 6;
/** A whole preparation takes about this long; a kill is at any time within it. Milliseconds. */
const PREPARATION_MILLISECONDS = 3_000;

type Work = Parameters<typeof workOn>[0]["work"];

/** A machine with the engine A and data, whose engine runs a program all the time. */
interface Bench extends AsyncDisposable {
  readonly machine: LinuxWsl;
  /** Does a work in this process, or kills a process that does it. */
  options(id: string, work?: Work): Parameters<typeof workOn>[0];
  work(id: string, work?: Work): Promise<void>;
  /** Fails if the program that runs in the engine A was touched. */
  assertRuns(): Promise<void>;
  /** What the distros hold, by name, as they say themselves; and as the record says. */
  contents(): Promise<Record<string, string>>;
  recorded(): Promise<Record<string, string | null>>;
}

async function openBench(archives: Archives): Promise<Bench> {
  await using making = new AsyncDisposableStack();
  const machine = making.use(await createLinuxWsl());
  const options: Bench["options"] = (id, work) => ({
    ...optionsFor(machine, archives, id),
    ...work === undefined ? {} : { work },
  });
  const work: Bench["work"] = (id, kind) => workOn(options(id, kind), () => Promise.resolve());
  await work("A");
  const { wsl } = machine;
  await wsl.run({ distro: "windlass-data", argv: ["/bin/sh", "-c", `echo data > ${VOLUME}`] });
  const program: WslProcess = making.use(
    wsl.spawn({ distro: "windlass", argv: ["/bin/cat"], onStderrLine: () => {} }),
  );
  const assertRuns = async () => {
    await program.link.write(new TextEncoder().encode("echo\n"));
    assert.equal(new TextDecoder().decode(await program.link.read() ?? undefined), "echo\n");
    assert.equal(await readIn(machine, "windlass-data", VOLUME), "data\n");
  };
  const contents = async () => {
    const found: Record<string, string> = {};
    for (const { name } of await wsl.list()) {
      if (name !== "windlass-data") found[name] = await readIn(machine, name, "/etc/content");
    }
    return found;
  };
  const recorded = async () => {
    const { engines } = await openDistroRecord(join(machine.home, "distros.json"), distroNames(), NO_LOG);
    return Object.fromEntries(Object.entries(engines).map(([name, { rootfsId }]) => [name, rootfsId]));
  };
  const made = making.move();
  return {
    machine,
    options,
    work,
    assertRuns,
    contents,
    recorded,
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

/**
 * An engine that the record names exists, with that content and complete. A call of wsl outlives the killed process for a
 * moment, and may remove another distro while this looks.
 */
async function assertComplete({ machine, recorded, contents }: Bench): Promise<void> {
  await eventually(async () => {
    const found = await contents();
    for (const [name, id] of Object.entries(await recorded())) {
      if (id === null) continue;
      assert.equal(found[name], id);
      assert.equal(await readIn(machine, name, "/usr/lib/windlass/agent.js"), `// ${id}\n`);
    }
  });
}

const PREPARE = { kind: "prepare", own: "A" } as const;

Deno.test("an update's engine is prepared beside the one that runs, whenever the process is killed", async (test) => {
  await using archives = await writeArchives(["A", "B", "C"]);
  await using bench = await openBench(archives);
  for (let stopAt = 0, killed = true; killed; stopAt++) {
    const point = await killAt(bench.options("B", PREPARE), stopAt);
    killed = point !== null;
    if (!killed) assert.ok(stopAt > 20, `only ${stopAt} points were tried`);
    await test.step(point ?? "not killed", async () => {
      await bench.assertRuns();
      await assertComplete(bench);
      await bench.work("C", PREPARE);
      assert.deepEqual(await bench.contents(), { windlass: "A", "windlass-b": "C" });
      assert.deepEqual(await bench.recorded(), { windlass: "A", "windlass-b": "C" });
      await bench.assertRuns();
    });
  }
  for (let kill = 1; kill <= RANDOM_KILLS; kill++) {
    const milliseconds = Math.random() * PREPARATION_MILLISECONDS;
    await test.step(`killed after ${milliseconds.toFixed()} ms`, async () => {
      await killAfter(bench.options(kill % 2 === 0 ? "C" : "B", PREPARE), milliseconds);
      await bench.assertRuns();
      await assertComplete(bench);
    });
  }
  await bench.work("B", PREPARE);
  assert.deepEqual(await bench.contents(), { windlass: "A", "windlass-b": "B" });
  await bench.assertRuns();
});

Deno.test("an engine that is no longer needed goes, whenever the process is killed", async (test) => {
  await using archives = await writeArchives(["A", "B"]);
  await using bench = await openBench(archives);
  // B is the version that runs now, so A, with the program in it, is what prepares and removes itself here.
  const own = { kind: "removeOthers", own: "A" } as const;
  for (let stopAt = 0, killed = true; killed; stopAt++) {
    await bench.work("B", PREPARE);
    const point = await killAt(bench.options("A", own), stopAt);
    killed = point !== null;
    if (!killed) assert.ok(stopAt > 6, `only ${stopAt} points were tried`);
    await test.step(point ?? "not killed", async () => {
      await bench.assertRuns();
      await assertComplete(bench);
      await bench.work("A", own);
      assert.deepEqual(await bench.contents(), { windlass: "A" });
      assert.deepEqual(await bench.recorded(), { windlass: "A" });
      await assert.rejects(Deno.stat(join(bench.machine.home, "distros/windlass-b")), Deno.errors.NotFound);
    });
  }
});

Deno.test("each version uses the engine with its own content, under whichever name", async () => {
  await using archives = await writeArchives(["A", "B", "C"]);
  await using bench = await openBench(archives);
  await bench.work("B", PREPARE);
  await bench.work("A"); // the old version starts once more
  await bench.work("B"); // the new one, on trial
  await bench.work("A"); // and back
  assert.deepEqual(await bench.contents(), { windlass: "A", "windlass-b": "B" });
  await bench.assertRuns();
  await bench.work("B", { kind: "removeOthers", own: "B" });
  assert.deepEqual(await bench.contents(), { "windlass-b": "B" });
  await bench.work("C", { kind: "prepare", own: "B" }); // the next update
  assert.deepEqual(await bench.contents(), { windlass: "C", "windlass-b": "B" });
  await bench.work("C", { kind: "removeOthers", own: "C" });
  assert.deepEqual(await bench.contents(), { windlass: "C" });
  assert.equal(await readIn(bench.machine, "windlass-data", VOLUME), "data\n");
});

Deno.test("an engine whose program does not run is removed again, and the one that runs stays", async () => {
  await using archives = await writeArchives(["A"]);
  await using bench = await openBench(archives);
  const problems = ["runc does not run: status 127, and no version"];
  await writeEngineArchive(join(archives.folder, "B"), "B", { programs: {}, problems });
  await assert.rejects(bench.work("B", PREPARE), {
    code: "WL_ENGINE_UNFIT",
    message:
      "Cannot use the engine in the distro 'windlass-b': runc does not run: status 127, and no version",
  });
  assert.deepEqual(await bench.contents(), { windlass: "A" });
  assert.deepEqual(await bench.recorded(), { windlass: "A" });
  await bench.assertRuns();
});
