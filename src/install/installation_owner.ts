import { posix, win32 } from "node:path";
import { OPERATING_SYSTEM, type OperatingSystem } from "../platform/operating_system.ts";
import type { InstallMarker } from "./install_marker.ts";

/** The source of newer versions of an executable: Windlass itself (`direct`), a package manager, or an administrator. */
export type InstallationOwner = "direct" | "winget" | "scoop" | "managed";

/** What decides beside the path. */
export interface OwnerFacts {
  /** The marker beside the executable, from {@linkcode readMarker}. */
  readonly marker?: InstallMarker | undefined;
  /** @default {OPERATING_SYSTEM} */
  readonly system?: OperatingSystem;
}

/** Variables of Windows that hold folders only administrators write to. */
const MANAGED_VARIABLES = ["ProgramFiles", "ProgramFiles(x86)", "ProgramW6432", "ProgramData", "SystemRoot"];
/** Folders of Linux whose files belong to a package manager. `/usr/local` is the administrator's own. */
const MANAGED_FOLDERS = ["/usr", "/bin", "/sbin", "/nix/store", "/gnu/store", "/snap", "/var/lib/flatpak"];
const OWN_FOLDERS = ["/usr/local"];

/**
 * The owner of the executable at `path`: by its folder, then by the marker next to it. A folder of a package manager counts
 * for more than a marker, which may have been copied along. Pure.
 *
 * @example
 * ```ts
 * import { installationOwner } from "./installation_owner.ts";
 *
 * installationOwner("C:\\Users\\a\\scoop\\apps\\windlass\\current\\windlass.exe", {}, { system: "windows" }); // "scoop"
 * ```
 */
export function installationOwner(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
  { marker, system = OPERATING_SYSTEM }: OwnerFacts = {},
): InstallationOwner {
  return (system === "windows" ? ownerOnWindows(path, environment) : undefined) ??
    ownerOfMarker(marker) ??
    (isManaged(path, environment, system) ? "managed" : "direct");
}

function ownerOnWindows(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
): InstallationOwner | undefined {
  const folder = win32.normalize(path).toLowerCase();
  const roots = ["SCOOP", "SCOOP_GLOBAL"].flatMap((name) => variable(environment, name) ?? []);
  if (folder.includes("\\scoop\\apps\\")) return "scoop";
  if (roots.some((root) => isBelow(path, win32.join(root, "apps"), "windows"))) return "scoop";
  return folder.includes("\\winget\\packages\\") ? "winget" : undefined;
}

function ownerOfMarker(marker: InstallMarker | undefined): InstallationOwner | undefined {
  switch (marker?.installedBy) {
    case undefined:
      return undefined;
    case "user":
      return "direct";
    case "winget":
    case "managed":
      return marker?.installedBy;
  }
}

function isManaged(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
  system: OperatingSystem,
): boolean {
  if (system === "linux") {
    return MANAGED_FOLDERS.some((folder) => isBelow(path, folder, system)) &&
      !OWN_FOLDERS.some((folder) => isBelow(path, folder, system));
  }
  return MANAGED_VARIABLES.some((name) => {
    const folder = variable(environment, name);
    return folder !== undefined && isBelow(path, folder, system);
  });
}

function isBelow(path: string, folder: string, system: OperatingSystem): boolean {
  if (system === "linux") return posix.normalize(path).startsWith(`${posix.normalize(folder)}/`);
  const root = win32.normalize(folder).replace(/\\$/, "").toLowerCase();
  return root !== "" && win32.normalize(path).toLowerCase().startsWith(`${root}\\`);
}

/** Windows ignores the case of names, and passes them on as they were first written. */
function variable(environment: Readonly<Record<string, string | undefined>>, name: string) {
  const wanted = name.toLowerCase();
  const key = Object.keys(environment).find((candidate) => candidate.toLowerCase() === wanted);
  return (key === undefined ? undefined : environment[key]) || undefined;
}
