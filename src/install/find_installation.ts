import { dirname, join } from "node:path";
import { OPERATING_SYSTEM } from "../platform/operating_system.ts";
import { readMarker } from "./install_marker.ts";
import { planInstall, PRODUCT_CODE } from "./install_plan.ts";
import type { Variables } from "./path_text.ts";

/**
 * The executable that `windlass install` has put on this machine for this user: the one that runs, the one in the usual folder,
 * or the one in the list of installed programs. Nothing where there is none.
 */
export async function findInstallation(running: string, environment: Variables): Promise<string | undefined> {
  for (const program of [running, ...await usualPlaces(environment)]) {
    if (await readMarker(program) !== undefined) return program;
  }
  return undefined;
}

async function usualPlaces(environment: Variables): Promise<string[]> {
  const request = { system: OPERATING_SYSTEM, environment, path: false, installedBy: "user" } as const;
  const places: string[] = [];
  try {
    places.push(planInstall(request).program);
  } catch {
    // The user has no folders of the usual kind, so nothing is installed.
  }
  if (OPERATING_SYSTEM === "linux") return places;
  const { readUninstallText } = await import("../platform/windows/registry/uninstall_entry.ts");
  const folder = readUninstallText(PRODUCT_CODE, "InstallLocation");
  return folder === null ? places : [...places, join(folder, "windlass.exe")];
}

/**
 * Keeps an installation in order, at each start of a host: removes executables that were put aside and have ended, and lets the
 * list of installed programs show the version that runs, which an update may have changed.
 *
 * @throws {WindlassError} `WL_REGISTRY_FAILED`.
 */
export async function followInstallation(program: string, version: string): Promise<void> {
  if (await readMarker(program) === undefined) return;
  const { removeRemains } = await import("./place_executable.ts");
  await removeRemains(program, { partials: false });
  if (OPERATING_SYSTEM === "linux") return;
  const entries = await import("../platform/windows/registry/uninstall_entry.ts");
  const folder = entries.readUninstallText(PRODUCT_CODE, "InstallLocation");
  if (folder?.toLowerCase() !== dirname(program).toLowerCase()) return;
  if (entries.readUninstallText(PRODUCT_CODE, "DisplayVersion") === version) return;
  entries.changeUninstallText(PRODUCT_CODE, "DisplayVersion", version);
}
