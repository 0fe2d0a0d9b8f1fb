/** Staging in a process of its own: killed at any place, and given deltas that would fill the memory. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { nameOf, sampleDelta } from "../../fakes/sample_delta.ts";
import { sampleExecutable } from "../../fakes/sample_executable.ts";
import { SampleChannel, type SampleComponent, sampleRelease } from "../../fakes/sample_release.ts";
import { blobPath, encodeRelease } from "../../../src/update/release/release_document.ts";
import { setRenameTrap } from "../../support/kill_at_rename.ts";
import { REPOSITORY } from "../../support/repository.ts";
import { runChecked, runCommand } from "../../support/run_command.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";

/** Large enough that each step takes a while. */
const OLD = new Uint8Array(30_000_000).map((_, place) => place >> 8);
const NEW = OLD.map((byte, place) => place % 100_003 === 0 ? byte + place : byte);
const APP = new TextEncoder().encode("the app");
const COMPONENTS: readonly SampleComponent[] = [
  { name: "rootfs", content: NEW, deltas: [{ from: OLD, bytes: wholeDelta(OLD, NEW) }] },
  { name: "app", content: APP, unpack: true },
  { name: "helper", content: NEW.subarray(1), unpack: true },
];
const FILES = [
  `${nameOf(APP).id}-app`,
  `${nameOf(NEW).id}-rootfs.zst`,
  `${nameOf(NEW.subarray(1)).id}-helper`,
];

Deno.test("staging that is killed around each rename continues where it was", async (context) => {
  await using trial = await openTrial();
  for (const end of [".blob", "-app", "-helper", "-rootfs.zst"]) {
    for (const when of ["before", "after"] as const) {
      await context.step(`${when} '*${end}'`, async () => {
        await trial.empty();
        await using trap = await setRenameTrap({ when, pathEnd: end, text: "" });
        assert.equal((await trial.run(trap.env)).code, 137);
        assert.ok(await trap.hasKilled());
        await trial.assertCompletes();
      });
    }
  }
});

Deno.test("staging that is killed at any moment continues where it was, and fetches nothing twice", async () => {
  await using trial = await openTrial();
  const moments = [
    /\.blob\.part$/,
    /base\.partial$/,
    /result\.partial$/,
    /result\.partial$/,
    /-helper$/,
    /-rootfs/,
  ];
  for (const moment of moments) {
    await trial.killAt(moment);
    const complete = new Set(trial.names().filter((name) => FILES.includes(name)));
    // What has its final name needs no blob any more.
    for (const component of trial.release.components) {
      if (![...complete].some((name) => name.startsWith(component.id))) continue;
      for (const { sha256 } of [component.full, ...component.deltas]) await trial.withdraw(sha256);
    }
    await trial.assertCompletes();
    await trial.empty();
  }
});

Deno.test("a delta that would expand to gigabytes is refused, and takes no memory", async () => {
  await using folder = await openTemporaryFolder("windlass-bomb");
  const base = join(folder.path, "base");
  await Deno.writeFile(base, OLD.subarray(0, 1000));
  const zeros = await frameOfZeros(3_000_000_000);
  const bomb = (length: number, claimed: number) =>
    sampleDelta({
      base: OLD.subarray(0, 1000),
      result: new Uint8Array(0),
      operations: [{ kind: "copy", offset: 0, length: 1000 }, { kind: "add", offset: 0, length: 1000 }],
      differencesFrame: zeros,
      header: (header) => ({
        ...header,
        result: { id: header.base.id, length },
        parts: { ...header.parts, differences: { ...header.parts.differences, raw: claimed } },
      }),
    });
  const cases = [
    [bomb(2_000, 1_000), "its differences are longer than its header says"],
    [bomb(3_000_000_000, 3_000_000_000), "its result is too short"],
  ] as const;
  for (const [bytes, state] of cases) assertRefused(await applyInProcess(folder.path, base, bytes), state);
});

Deno.test("a delta that makes gigabytes of nothing takes no memory, even when its result is compressed", async () => {
  await using folder = await openTemporaryFolder("windlass-bomb");
  const base = join(folder.path, "base");
  await Deno.writeFile(base, OLD.subarray(0, 1000));
  const length = 1_500_000_000;
  const frame = await frameOfZeros(length);
  const delta = sampleDelta({
    base: OLD.subarray(0, 1000),
    result: OLD.subarray(0, 1000),
    operations: Array.from({ length: length / 1000 }, () => ({ kind: "add", offset: 0, length: 1000 })),
    differencesFrame: frame,
    header: (header) => ({
      ...header,
      result: { id: header.base.id, length },
      parts: { ...header.parts, differences: { stored: frame.length, raw: length } },
    }),
  });
  assertRefused(await applyInProcess(folder.path, base, delta), "its result is wrong");
});

/** Gigabytes take 20 s, and minutes on a busy machine. */
const GIGABYTES = { deadlineMilliseconds: 600_000 };

interface Application {
  readonly megabytes: number;
  readonly refused: string | null;
}

function assertRefused({ refused, megabytes }: Application, state: string): void {
  assert.equal(refused, state);
  assert.ok(megabytes <= 180, `${megabytes} MB resident`);
}

async function applyInProcess(folder: string, base: string, delta: Uint8Array): Promise<Application> {
  const path = join(folder, "delta");
  const target = join(folder, "target");
  await Deno.writeFile(path, delta);
  await Deno.remove(target).catch(() => {});
  const program = join(REPOSITORY, "tests/bench/update_apply_program.ts");
  const argv = [Deno.execPath(), "run", "-A", "--no-check", program, path, base, target, "frame"];
  const { stdout } = await runChecked(argv, GIGABYTES);
  return JSON.parse(stdout);
}

async function frameOfZeros(length: number): Promise<Uint8Array> {
  const command = 'head -c "$1" /dev/zero | zstd -q -3 --zstd=wlog=20 -c';
  return (await runChecked(["sh", "-c", command, "sh", String(length)], GIGABYTES)).stdoutBytes;
}

/** One addition over the whole length. */
function wholeDelta(base: Uint8Array, result: Uint8Array): Uint8Array {
  const differences = result.map((byte, place) => byte - base[place]!);
  return sampleDelta({
    base,
    result,
    operations: [{ kind: "add", offset: 0, length: result.length }],
    differences,
  });
}

async function openTrial() {
  const folder = await openTemporaryFolder("windlass-staging");
  const path = (name: string) => join(folder.path, name);
  const channel = new SampleChannel();
  const release = sampleRelease(channel, COMPONENTS);
  const directory = path("home/update/staging");
  const blob = (sha256: string) => path(`channel/${blobPath(sha256)}`);
  const publish = async () => {
    for (const [sha256, bytes] of channel.blobs) {
      await Deno.mkdir(dirname(blob(sha256)), { recursive: true });
      await Deno.writeFile(blob(sha256), bytes);
    }
  };
  await publish();
  await Deno.writeFile(path("windlass"), sampleExecutable({ rootfs: OLD }).bytes);
  await Deno.writeFile(path("release.json"), encodeRelease(release));
  const options = {
    release: path("release.json"),
    url: path("channel"),
    executable: path("windlass"),
    directory,
    metadata: path("home/update/tuf"),
  };
  const program = join(REPOSITORY, "tests/support/stage_release_program.ts");
  const command = (more = {}) => [
    "run",
    "-A",
    "--no-check",
    program,
    JSON.stringify({ ...options, ...more }),
  ];
  const names = () => [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
  const run = (env: Record<string, string> = {}) => runCommand([Deno.execPath(), ...command()], { env });
  return {
    release,
    names,
    run,
    withdraw: (sha256: string) => Deno.remove(blob(sha256)),
    empty: async () => {
      await Deno.remove(directory, { recursive: true }).catch(() => {}); // it may not exist yet
      await publish();
    },
    /** Starts staging and kills it as soon as there is such a file. */
    killAt: async (moment: RegExp) => {
      await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
      const watcher = Deno.watchFs(directory);
      const args = command({ lingers: true });
      const child = new Deno.Command(Deno.execPath(), { args, stdout: "null", stderr: "null" }).spawn();
      child.status.then(() => watcher.close());
      let isKilled = false;
      for await (const event of watcher) {
        if (isKilled || !event.paths.some((file) => moment.test(file))) continue;
        child.kill("SIGKILL");
        isKilled = true;
      }
      assert.equal((await child.status).signal, "SIGKILL", `there was no ${moment}, but ${names()}`);
    },
    /** Runs it to its end: all files are present and right, and nothing besides. */
    assertCompletes: async () => {
      const { code, stderr } = await run();
      assert.equal(code, 0, stderr);
      assert.deepEqual(names(), FILES.toSorted());
      for (const { id, name, unpack } of release.components) {
        const bytes = await Deno.readFile(join(directory, `${id}-${name}${unpack ? "" : ".zst"}`));
        assert.equal(nameOf(unpack ? bytes : new Uint8Array(zstdDecompressSync(bytes))).id, id);
      }
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
