import { z } from "zod";
import { WindlassError } from "../src/errors/windlass_error.ts";
import { downloadPackages } from "./debian_bootstrap.ts";
import { describePackages, holdsPackages } from "./package_files.ts";
import {
  describeDifferences,
  formatPackageLock,
  type LockedPackage,
  packageFileName,
  type PackageLock,
  parsePackageLock,
  sortPackages,
} from "./package_lock.ts";
import { SUITE, WANTED_PACKAGES } from "./package_names.ts";

/** Packages that a build may use, all of them present and checked. */
export interface PackageSet {
  readonly packages: readonly LockedPackage[];
  /** What differs from the lock, one line a package; empty for the locked set itself. */
  readonly differences: readonly string[];
}

/** How packages are found. */
export interface FindOptions {
  /** Whether only the locked set will do. */
  readonly strict: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly progress: (line: string) => void;
  /** Fills a folder with all that is wanted, from an archive whose signature is checked. */
  readonly download?: typeof downloadPackages;
}

/**
 * Finds the locked packages in the cache folder, or downloads them. Where the archive has moved on and no longer
 * has them, what it has instead is used, unless that is forbidden; it is remembered for this lock, so that the
 * next build is offline again.
 *
 * @throws {WindlassError} `WL_IMAGE_LOCK_MISMATCH` with every package that differs, if `strict`.
 */
export async function findPackages(
  folder: string,
  lock: PackageLock,
  options: FindOptions,
): Promise<PackageSet> {
  await Deno.mkdir(folder, { recursive: true });
  const complete = missingFromLock(lock).length === 0;
  if (complete && await holdsPackages(folder, lock.packages)) {
    return { packages: lock.packages, differences: [] };
  }

  const substitute = options.strict ? undefined : await readSubstitute(folder, lock);
  const packages = substitute ?? await downloadInto(folder, options);
  const differences = describeDifferences(lock.packages, packages);
  if (differences.length === 0) return { packages: lock.packages, differences };
  if (options.strict) throw lockMismatch(differences);
  await writeSubstitute(folder, lock, packages);
  return { packages, differences };
}

/** Downloads what the archive has now, whatever is locked, and returns it as a lock. */
export async function resolveLock(
  folder: string,
  options: Omit<FindOptions, "strict">,
): Promise<PackageLock> {
  await Deno.mkdir(folder, { recursive: true });
  return { suite: SUITE, packages: await downloadInto(folder, options) };
}

/** Wanted packages that the lock does not name, as after the list has grown. */
export function missingFromLock(lock: PackageLock): string[] {
  const locked = new Set(lock.packages.map((each) => each.package));
  return WANTED_PACKAGES.filter((name) => !locked.has(name));
}

function lockMismatch(differences: readonly string[]): WindlassError {
  const count = differences.length === 1 ? "1 package differs" : `${differences.length} packages differ`;
  return new WindlassError(
    "WL_IMAGE_LOCK_MISMATCH",
    `Cannot build a release image: ${count} from distro/packages.lock.json:\n${differences.join("\n")}`,
  );
}

/** Downloads into a folder of its own first: a package is in the cache whole or not at all. */
async function downloadInto(folder: string, options: Omit<FindOptions, "strict">): Promise<LockedPackage[]> {
  options.progress("Downloading Debian packages");
  const incoming = `${folder}/incoming`;
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(incoming, { recursive: true }));
  await Deno.remove(incoming, { recursive: true }).catch(() => {}); // what a killed build left
  await Deno.mkdir(incoming);
  await (options.download ?? downloadPackages)(incoming, options.signal);
  const packages = sortPackages(await describePackages(incoming, options.signal));
  for (const found of packages) {
    const name = packageFileName(found);
    await Deno.rename(`${incoming}/${name}`, `${folder}/${name}`);
  }
  return packages;
}

const SubstituteSchema = z.strictObject({
  /** The lock that these stand in for. */
  lock: z.string(),
  found: z.string(),
});

const substitutePath = (folder: string) => `${folder}/substitute.json`;

async function readSubstitute(folder: string, lock: PackageLock): Promise<LockedPackage[] | undefined> {
  try {
    const text = await Deno.readTextFile(substitutePath(folder));
    const substitute = SubstituteSchema.parse(JSON.parse(text));
    const { packages } = parsePackageLock(substitute.found);
    const usable = substitute.lock === substituteKey(lock) && await holdsPackages(folder, packages);
    return usable ? packages : undefined;
  } catch {
    return undefined; // absent or damaged: it is only a short cut
  }
}

async function writeSubstitute(folder: string, lock: PackageLock, packages: LockedPackage[]): Promise<void> {
  const found = formatPackageLock({ suite: lock.suite, packages });
  await Deno.writeTextFile(substitutePath(folder), JSON.stringify({ lock: substituteKey(lock), found }));
}

/** Changes with the lock and with the list of what is wanted. */
function substituteKey(lock: PackageLock): string {
  return JSON.stringify([WANTED_PACKAGES, formatPackageLock(lock)]);
}
