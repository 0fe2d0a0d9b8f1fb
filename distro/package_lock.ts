import { z } from "zod";
import { WindlassError } from "../src/errors/windlass_error.ts";

/** The lock that an image is built from. */
export const LOCK_FILE = new URL("packages.lock.json", import.meta.url).pathname;

const LockedPackageSchema = z.strictObject({
  package: z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/),
  version: z.string().min(1),
  architecture: z.enum(["amd64", "all"]),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const PackageLockSchema = z.strictObject({
  suite: z.string().min(1),
  packages: z.array(LockedPackageSchema).min(1),
});

/** One Debian package, down to the bytes of its file. */
export type LockedPackage = z.output<typeof LockedPackageSchema>;

/** Everything that the image is built from, sorted by package name. */
export type PackageLock = z.output<typeof PackageLockSchema>;

/**
 * Reads the text of a lock file.
 *
 * @throws {WindlassError} `WL_IMAGE_LOCK_INVALID` if it is not JSON or has another shape.
 */
export function parsePackageLock(text: string): PackageLock {
  try {
    return PackageLockSchema.parse(JSON.parse(text));
  } catch (cause) {
    const problem = cause instanceof z.ZodError ? z.prettifyError(cause) : "it is not JSON";
    throw new WindlassError("WL_IMAGE_LOCK_INVALID", `Cannot read the package lock: ${problem}`, { cause });
  }
}

/** The text of a lock file, sorted, so that a diff shows what an update brings. */
export function formatPackageLock(lock: PackageLock): string {
  return `${JSON.stringify({ suite: lock.suite, packages: sortPackages(lock.packages) }, null, 2)}\n`;
}

/** Sorted by name; there is one of each. */
export function sortPackages(packages: readonly LockedPackage[]): LockedPackage[] {
  return [...packages].sort((a, b) => (a.package < b.package ? -1 : 1));
}

/**
 * How `found` differs from what is locked, one line a package: `git: 1:2.53.0-1 is locked, 1:2.54.0-1 was found`.
 * Empty if every package exists with the very same bytes and nothing else does.
 */
export function describeDifferences(
  locked: readonly LockedPackage[],
  found: readonly LockedPackage[],
): string[] {
  const foundByName = new Map(found.map((each) => [each.package, each]));
  const lockedNames = new Set(locked.map((each) => each.package));
  const lines: string[] = [];
  for (const { package: name, version, sha256 } of sortPackages(locked)) {
    const other = foundByName.get(name);
    if (other === undefined) lines.push(`${name}: ${version} is locked, none was found`);
    else if (other.version !== version) {
      lines.push(`${name}: ${version} is locked, ${other.version} was found`);
    } else if (other.sha256 !== sha256) lines.push(`${name}: ${version} has another content than locked`);
  }
  for (const { package: name, version } of sortPackages(found)) {
    if (!lockedNames.has(name)) lines.push(`${name}: ${version} was found, none is locked`);
  }
  return lines;
}

/** The name of the package's file as Debian's tools give it; a colon of the version is escaped. */
export function packageFileName(locked: Omit<LockedPackage, "sha256">): string {
  return `${locked.package}_${locked.version.replaceAll(":", "%3a")}_${locked.architecture}.deb`;
}
