import { createHash } from "node:crypto";
import { unlessMissing } from "../src/errors/unless_missing.ts";
import { type LockedPackage, packageFileName } from "./package_lock.ts";
import { runProgram } from "./run_program.ts";

/** Packages that are read in parallel: enough to hide the start of a process, few enough for two processors. */
const PARALLEL_READS = 4;

/**
 * Whether `folder` holds every package with exactly the locked bytes. What is missing, cut short or changed counts
 * as absent; nothing is thrown.
 */
export async function holdsPackages(folder: string, packages: readonly LockedPackage[]): Promise<boolean> {
  for (const locked of packages) {
    const sha256 = await hashFile(`${folder}/${packageFileName(locked)}`);
    if (sha256 !== locked.sha256) return false;
  }
  return true;
}

/** Describes every `.deb` of a folder: names and versions from inside the files, hashes from their bytes. */
export async function describePackages(folder: string, signal?: AbortSignal): Promise<LockedPackage[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) if (name.endsWith(".deb")) names.push(name);
  return await inParallel(names, async (name) => {
    const path = `${folder}/${name}`;
    const format = "--showformat=${Package}\\t${Version}\\t${Architecture}";
    const shown = await runProgram("dpkg-deb", ["--show", format, path], { signal });
    const [packageName = "", version = "", architecture] = shown.trim().split("\t");
    const sha256 = await hashFile(path) ?? "";
    return { package: packageName, version, architecture: architecture === "all" ? "all" : "amd64", sha256 };
  });
}

/**
 * Turns a folder of packages into an archive that apt can install from without a network, by writing its
 * `Packages` index. The hashes come from the caller, who has checked them.
 */
export async function indexPackages(
  folder: string,
  packages: readonly LockedPackage[],
  signal?: AbortSignal,
): Promise<void> {
  const stanzas = await inParallel(packages, async (locked) => {
    const name = packageFileName(locked);
    const control = await runProgram("dpkg-deb", ["--field", `${folder}/${name}`], { signal });
    const { size } = await Deno.stat(`${folder}/${name}`);
    return `${control.trimEnd()}\nFilename: ./${name}\nSize: ${size}\nSHA256: ${locked.sha256}\n`;
  });
  await Deno.writeTextFile(`${folder}/Packages`, stanzas.join("\n"));
}

/** Hash of a file in lower-case hex, or `undefined` if there is no such file. */
export async function hashFile(path: string): Promise<string | undefined> {
  const source = await unlessMissing(() => Deno.open(path));
  if (source === undefined) return undefined;
  const hash = createHash("sha256");
  for await (const chunk of source.readable) hash.update(chunk);
  return hash.digest("hex");
}

async function inParallel<Item, Result>(
  items: readonly Item[],
  look: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += PARALLEL_READS) {
    results.push(...await Promise.all(items.slice(start, start + PARALLEL_READS).map(look)));
  }
  return results;
}
