/** What an update costs: bytes to download for changes of four kinds, and time and memory of applying the largest delta. */
import { join } from "node:path";
import { hashFile } from "../../scripts/build/compressed_component.ts";
import { makeDelta } from "../../scripts/release/make_delta.ts";
import { cachePath, REPOSITORY } from "../support/repository.ts";
import { runChecked } from "../support/run_command.ts";
import { openTemporaryFolder } from "../support/temporary_folder.ts";
import type { Measurement } from "./measurement.ts";
import { median } from "./statistics.ts";
import { measureAppChanges } from "./update_app.ts";
import { openDenoReleases } from "./update_deno_releases.ts";
import { makeRootfsVersions } from "./update_rootfs.ts";

/** Megabytes of the executables of a release build (`docs/performance.md`, "Size"): daily ones are half as large again. */
const EXECUTABLE = { linux: 109.9, windows: 142.1 };
/** Megabytes that applying a delta may take. */
const RESIDENT_LIMIT = 180;

export async function measureUpdate(quick: boolean): Promise<Measurement[]> {
  await using folder = await openTemporaryFolder("windlass-bench-update");
  const results: Measurement[] = [];
  for (const { name, components, megabytes } of await measureAppChanges(folder.path)) {
    results.push(download(`${name} (${components} components)`, megabytes, 0.005));
  }
  const rootfs = await makeRootfsVersions(folder.path);
  const patched = await deltaBetween("rootfs", rootfs.base, rootfs.patched);
  results.push(download("docker CLI patched", patched.megabytes, 0.01));
  const upgraded = await deltaBetween("rootfs", rootfs.base, rootfs.upgraded);
  results.push(download(`that and ${rootfs.packages} Debian packages`, upgraded.megabytes, 0.03));
  results.push(...await measureApplication(folder.path, rootfs.base, upgraded.path, quick ? 3 : 7));
  for (const { name, before, after, platform } of await openDenoReleases()) {
    const { megabytes } = await deltaBetween("deno", before, after);
    results.push(download(name, megabytes, 0.05, platform));
  }
  return results;
}

function download(
  name: string,
  megabytes: number,
  factor: number,
  platform: keyof typeof EXECUTABLE = "linux",
): Measurement {
  return {
    name: `download: ${name}`,
    unit: "MB",
    value: megabytes,
    baseline: { name: "executable", value: EXECUTABLE[platform] },
    target: { kind: "atMostTimes", factor },
  };
}

/** Makes a delta, or finds it: comparing two versions of Deno takes minutes, and is not what is measured. */
async function deltaBetween(
  name: string,
  oldPath: string,
  newPath: string,
): Promise<{ readonly path: string; readonly megabytes: number }> {
  const [from, to] = [await hashFile(oldPath), await hashFile(newPath)];
  const folder = cachePath("update-bench", "deltas");
  await Deno.mkdir(folder, { recursive: true });
  const path = join(folder, `${from.digest.slice(0, 16)}-${to.digest.slice(0, 16)}`);
  if (!await Deno.stat(path).then(() => true, () => false)) {
    const output = `${path}.partial`;
    if (await makeDelta({ name, oldPath, newPath, output }) === undefined) {
      throw new Error("Cannot compare a file with itself");
    }
    await Deno.rename(output, path);
  }
  return { path, megabytes: (await Deno.stat(path)).size / 1_000_000 };
}

interface Application {
  readonly milliseconds: number;
  readonly blockedMilliseconds: number;
  readonly megabytes: number;
}

/** Milliseconds of copies, and what applying took. */
interface Round {
  readonly copied: number;
  readonly raw: Application;
  readonly copiedInMemory: number;
  readonly inMemory: Application;
  readonly frame: Application;
}

async function measureApplication(
  work: string,
  base: string,
  delta: string,
  rounds: number,
): Promise<Measurement[]> {
  const target = join(work, "target");
  const program = join(REPOSITORY, "tests/bench/update_apply_program.ts");
  const apply = async (kind: string): Promise<Application> => {
    const { stdout } = await runChecked([
      Deno.execPath(),
      "run",
      "-A",
      "--no-check",
      program,
      delta,
      base,
      target,
      kind,
    ]);
    await Deno.remove(target);
    return JSON.parse(stdout);
  };
  const copy = async (script: string): Promise<number> => {
    const started = performance.now();
    await runChecked(["sh", "-c", script, "sh", base, target]);
    const milliseconds = performance.now() - started;
    await Deno.remove(target);
    return milliseconds;
  };
  const runs: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    runs.push({
      copied: await copy('cp "$1" "$2" && sync "$2"'),
      raw: await apply("raw"),
      copiedInMemory: await copy('cp "$1" "$2"'),
      inMemory: await apply("memory"),
      frame: await apply("frame"),
    });
  }
  const pick = (of: (run: Round) => number) => median(runs.map(of));
  const most = (of: (run: Round) => number) => Math.max(...runs.map(of));
  const target3 = { kind: "atMostTimes", factor: 3 } as const;
  const copied = { name: "cp and sync", value: pick((run) => run.copied) };
  return [
    {
      name: "apply rootfs delta to the disk",
      unit: "ms",
      value: pick((run) => run.raw.milliseconds),
      baseline: copied,
      target: target3,
    },
    {
      name: "apply rootfs delta to the page cache",
      unit: "ms",
      value: pick((run) => run.inMemory.milliseconds),
      baseline: { name: "cp", value: pick((run) => run.copiedInMemory) },
    },
    {
      name: "apply and compress rootfs delta",
      unit: "ms",
      value: pick((run) => run.frame.milliseconds),
      baseline: copied,
    },
    {
      name: "longest the event loop waited",
      unit: "ms",
      value: most((run) => run.frame.blockedMilliseconds),
    },
    {
      name: "memory of applying, resident",
      unit: "MB",
      value: most((run) => run.raw.megabytes),
      target: { kind: "atMost", amount: RESIDENT_LIMIT },
    },
    {
      name: "memory of applying and compressing, resident",
      unit: "MB",
      value: most((run) => run.frame.megabytes),
      target: { kind: "atMost", amount: RESIDENT_LIMIT },
    },
  ];
}
