import { dirname } from "node:path";
import { removeIfPresent } from "../files/if_present.ts";
import type { OperatingSystem } from "../platform/operating_system.ts";
import { lockInstallation } from "./install_lock.ts";
import { type InstallMarker, lockFile, markerFile, readMarker } from "./install_marker.ts";
import { PRODUCT_CODE } from "./install_plan.ts";
import { removeFolder } from "./path_text.ts";
import { displaceExecutable, removeRemains } from "./place_executable.ts";

/** How an installation is taken back. */
export interface RemoveOptions {
  readonly system: OperatingSystem;
  /** Where a program that still runs waits for its end. */
  readonly temporaryFolder: string;
}

/** What is left of an installation, which only the end of the program that runs can change. */
export interface LeftBehind {
  readonly program: string;
  /** A folder of ours that the program still lies in. */
  readonly folder: string | undefined;
}

/**
 * Undoes an installation, the program last: as long as that exists, the removal can be repeated to finish.
 * What others have added to a folder stays, and the folder with it.
 *
 * @returns What is left, if the program runs.
 * @throws {WindlassError} `WL_INSTALL_BUSY`, `WL_REGISTRY_FAILED`, `WL_INSTALL_FAILED`.
 */
export async function removeInstallation(
  program: string,
  options: RemoveOptions,
): Promise<LeftBehind | undefined> {
  const marker = await readMarker(program);
  const left = await removeParts(program, marker, options);
  for (const folder of (marker?.folders ?? []).toReversed()) {
    await Deno.remove(folder).catch(() => {}); // not empty, or gone
  }
  if (left === undefined) return undefined;
  const isOurs = marker?.folders.includes(dirname(left)) ?? false;
  return { program: left, folder: isOurs ? dirname(left) : undefined };
}

async function removeParts(
  program: string,
  marker: InstallMarker | undefined,
  { system, temporaryFolder }: RemoveOptions,
): Promise<string | undefined> {
  using _lock = await lockInstallation(lockFile(program));
  for (const file of marker?.files ?? []) await removeIfPresent(file);
  if (system === "windows") await unregisterFromWindows(dirname(program), marker);
  for (const file of [program, markerFile(program), ...marker?.files ?? []]) {
    await removeRemains(file, { partials: true });
  }
  const left = await displaceExecutable(program, temporaryFolder);
  await removeIfPresent(markerFile(program));
  return left;
}

async function unregisterFromWindows(folder: string, marker: InstallMarker | undefined): Promise<void> {
  const { readUserPath, writeUserPath } = await import("../platform/windows/registry/user_path.ts");
  const { removeUninstallEntry } = await import("../platform/windows/registry/uninstall_entry.ts");
  const stored = readUserPath();
  if (marker?.path && stored !== null) {
    const text = removeFolder(stored.text, folder);
    const gone = text === "" && !marker.path.existed;
    if (text !== stored.text) await writeUserPath(gone ? null : { ...stored, text });
  }
  removeUninstallEntry(PRODUCT_CODE);
}
