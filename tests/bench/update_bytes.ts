/** What an update costs: bytes to download for changes of four kinds, and time and memory of applying the largest delta. */
import { join } from "node:path";
import { hashFile } from "../../scripts/build/compressed_component.ts";
import { makeDelta } from "../../scripts/release/make_delta.ts";
import { cachePath, REPOSITORY } from "../support/repository.ts";
import { runChecked } from "../support/run_command.ts";
import { openTemporaryFolder } from "../support/temporary_folder.ts";
import type { Measurement } from "./measurement.ts";
import { alternate, roundCount } from "./rounds.ts";
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
  results.push(...await measureApplication(folder.path, rootfs.base, upgraded.path, roundCount(quick)));
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
    rounds: [megabytes],
    baseline: { name: "executable", rounds: [EXECUTABLE[platform]] },
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

/** A copy blocks nothing and holds nothing. */
interface Application {
  readonly milliseconds: number;
  readonly blockedMilliseconds: number;
  readonly megabytes: number;
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
  const copy = async (script: string): Promise<Application> => {
    const started = performance.now();
    await runChecked(["sh", "-c", script, "sh", base, target]);
    const milliseconds = performance.now() - started;
    await Deno.remove(target);
    return { milliseconds, blockedMilliseconds: 0, megabytes: 0 };
  };
  const runs = await alternate(rounds, {
    copied: () => copy('cp "$1" "$2" && sync "$2"'),
    raw: () => apply("raw"),
    copiedInMemory: () => copy('cp "$1" "$2"'),
    inMemory: () => apply("memory"),
    frame: () => apply("frame"),
  });
  const pick = (name: keyof typeof runs, of: keyof Application) => runs[name].map((run) => run[of]);
  const target3 = { kind: "atMostTimes", factor: 3 } as const;
  const copied = { name: "`cp` and `sync`", rounds: pick("copied", "milliseconds") };
  return [
    {
      name: "apply rootfs delta to the disk",
      unit: "ms",
      rounds: pick("raw", "milliseconds"),
      baseline: copied,
      target: target3,
    },
    {
      name: "apply rootfs delta to the page cache",
      unit: "ms",
      rounds: pick("inMemory", "milliseconds"),
      baseline: { name: "`cp`", rounds: pick("copiedInMemory", "milliseconds") },
      target: target3,
    },
    {
      name: "apply and compress rootfs delta",
      unit: "ms",
      rounds: pick("frame", "milliseconds"),
      baseline: copied,
    },
    {
      name: "longest the event loop waited",
      unit: "ms",
      rounds: pick("frame", "blockedMilliseconds"),
    },
    {
      name: "memory of applying, resident",
      unit: "MB",
      rounds: pick("raw", "megabytes"),
      target: { kind: "atMost", amount: RESIDENT_LIMIT },
    },
    {
      name: "memory of applying and compressing, resident",
      unit: "MB",
      rounds: pick("frame", "megabytes"),
      target: { kind: "atMost", amount: RESIDENT_LIMIT },
    },
  ];
}
