import { join } from "node:path";
import { OPERATING_SYSTEM } from "../platform/operating_system.ts";
import { unlessMissing } from "../errors/unless_missing.ts";
import type { VersionFiles } from "./version_files.ts";

/** Names that the launcher and this program give: "<id>-<name>", perhaps with something behind it. */
const OWN_NAME_REGEXP = /^([0-9a-f]{64})-[a-z0-9.-]+$/;
const PROCESS_REGEXP = /^[1-9][0-9]*$/;

/**
 * Removes components whose ids are not among `named`. A process of a version that is not named has some of its components open,
 * may load the others at any time and may start further processes from them: while there is one, nothing is removed. Partial files
 * are left to the launcher, which knows whether their writer lives.
 */
export async function collectComponents(files: VersionFiles, named: ReadonlySet<string>): Promise<void> {
  const unused: string[] = [];
  const ids = new Set<string>();
  const names = await unlessMissing(() =>
    Array.fromAsync(Deno.readDir(files.components), ({ name }) => name)
  );
  for (const name of names ?? []) {
    const [, id] = OWN_NAME_REGEXP.exec(name) ?? [];
    if (id === undefined || named.has(id) || name.endsWith(".partial")) continue;
    unused.push(join(files.components, name));
    ids.add(id);
  }
  if (unused.length === 0 || await isAnyInUse(unused, ids)) return;
  // One that goes meanwhile was removed by a launcher; one that cannot go stays until the next time.
  for (const path of unused) await Deno.remove(path).catch(() => {});
}

async function isAnyInUse(paths: readonly string[], ids: ReadonlySet<string>): Promise<boolean> {
  return OPERATING_SYSTEM === "windows" ? await isAnyHeld(paths) : await isAnyNamedByAProcess(ids);
}

/** On Windows the launcher of a running version holds all of its components, so that nobody can open them for writing. */
async function isAnyHeld(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    try {
      using _file = await Deno.open(path, { write: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) return true;
    }
  }
  return false;
}

/** On Linux a running version has its program and import map on its command line. Unreadable, everything counts as in use. */
async function isAnyNamedByAProcess(ids: ReadonlySet<string>): Promise<boolean> {
  try {
    for await (const { name } of Deno.readDir("/proc")) {
      if (!PROCESS_REGEXP.test(name)) continue;
      const line = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
      if (line.matchAll(/[0-9a-f]{64}/g).some(([id]) => ids.has(id))) return true;
    }
    return false;
  } catch {
    return true;
  }
}
