import { relative } from "node:path";
import { DENO_FOLDER, type Wine } from "./wine.ts";

/** All of the registry that programs of a user write to. */
export const ALL_HIVES = ["HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE"];
/** The same without devices and services, where Wine writes whenever it sets up a desktop for the first window. */
export const HIVES_OF_PROGRAMS = ["HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE\\Software"];

/**
 * What the system makes by itself: stores for certificates when a program first asks for one, and what Wine keeps of the desktop's
 * colours. A Wine that is new has none of it yet.
 */
const SYSTEM_KEYS = ["\\Microsoft\\SystemCertificates", "\\Software\\Wine\\Temporary System Parameters"];

/** What a machine holds: every file of drive C but those of the tests' own Deno, and the registry. */
export interface MachineState {
  readonly files: readonly string[];
  readonly registry: readonly string[];
}

/** Reads all of it. */
export async function machineState(wine: Wine, hives: readonly string[] = ALL_HIVES): Promise<MachineState> {
  const files: string[] = [];
  const walk = async (folder: string) => {
    for await (const entry of Deno.readDir(folder)) {
      const path = `${folder}/${entry.name}`;
      if (path === wine.toLinux(DENO_FOLDER)) continue;
      const name = relative(wine.driveC, path);
      if (entry.isDirectory) await walk(path);
      files.push(entry.isDirectory ? `${name}/` : `${name} ${(await Deno.lstat(path)).size}`);
    }
  };
  await walk(wine.driveC);
  const registry: string[] = [];
  for (const hive of hives) {
    let key = "";
    for (const line of (await wine.exportRegistry(hive)).split("\n")) {
      if (line.startsWith("[")) key = line;
      if (!SYSTEM_KEYS.some((made) => key.includes(made))) registry.push(`${key} ${line}`);
    }
  }
  return { files: files.sort(), registry };
}

/** What has come and what has gone between two looks; both empty if nothing has. */
export function stateChanges(before: MachineState, after: MachineState) {
  return {
    came: [...difference(after.files, before.files), ...difference(after.registry, before.registry)],
    went: [...difference(before.files, after.files), ...difference(before.registry, after.registry)],
  };
}

/** Of two equal states. */
export const NO_CHANGES = { came: [], went: [] };

function difference(lines: readonly string[], without: readonly string[]): string[] {
  const known = new Set(without);
  return lines.filter((line) => !known.has(line));
}
