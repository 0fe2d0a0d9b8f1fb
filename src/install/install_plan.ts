import { posix, win32 } from "node:path";
import { WindlassError } from "../errors/windlass_error.ts";
import type { OperatingSystem } from "../platform/operating_system.ts";
import type { Installer } from "./install_marker.ts";
import { fitsPath } from "./path_text.ts";
import { PRODUCT } from "./product.ts";

/** What decides where things go. */
export interface InstallRequest {
  readonly system: OperatingSystem;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder of the Start menu's programs; Windows only, where `undefined` is the usual one. */
  readonly programsMenu?: string | undefined;
  /** The folder that the user names instead of the usual one. */
  readonly folder?: string | undefined;
  /** Whether the folder is to be in the user's PATH. */
  readonly path: boolean;
  readonly installedBy: Installer;
}

/** Where an installation is, and what it puts on the machine. Data, so that it can be shown and tested. */
export interface InstallPlan {
  readonly system: OperatingSystem;
  /** The folder of the executable. */
  readonly folder: string;
  readonly program: string;
  /** The shortcut in the Start menu, on Linux the desktop entry. */
  readonly menuEntry: string;
  readonly path: boolean;
  readonly installedBy: Installer;
}

/** The name of the uninstall entry, which winget calls the product code. */
export const PRODUCT_CODE = "Windlass";

const MENU_FOLDER = "Microsoft\\Windows\\Start Menu\\Programs";
/** Kilobytes are the unit of EstimatedSize. */
const KILOBYTE = 1024;

/**
 * Where everything goes. Pure.
 *
 * @throws {WindlassError} `WL_INSTALL_FOLDER` for a folder that cannot be, `WL_HOME_INVALID` where the user has no folders.
 *
 * @example
 * ```ts
 * import { planInstall } from "./install_plan.ts";
 *
 * planInstall({ system: "linux", environment: { HOME: "/home/jo" }, path: true, installedBy: "user" }).program;
 * // "/home/jo/.local/bin/windlass"
 * ```
 */
export function planInstall(request: InstallRequest): InstallPlan {
  const { system, path, installedBy } = request;
  const { join, dirname } = system === "windows" ? win32 : posix;
  const folder = request.folder === undefined ? usualFolder(request) : namedFolder(request.folder, system);
  if (system === "windows" && path && !fitsPath(folder)) {
    throw new WindlassError(
      "WL_INSTALL_FOLDER",
      `Cannot install into '${folder}': a folder with '%' or ';' in its name cannot be in PATH`,
      { remedy: "Choose another folder with --dir, or leave PATH as it is with --no-path." },
    );
  }
  if (dirname(folder) === folder) throw unfit(folder, "it is the root of a drive");
  return {
    system,
    folder,
    program: join(folder, system === "windows" ? "windlass.exe" : "windlass"),
    menuEntry: menuEntry(request),
    path,
    installedBy,
  };
}

function usualFolder({ system, environment }: InstallRequest): string {
  if (system === "windows") {
    return win32.join(required(environment, "LOCALAPPDATA"), "Programs", PRODUCT.name);
  }
  return posix.join(required(environment, "HOME"), ".local/bin");
}

function namedFolder(folder: string, system: OperatingSystem): string {
  const { normalize } = system === "windows" ? win32 : posix;
  // A folder of the current drive, `\x`, is absolute to Windows, but not on every day the same.
  const absolute = system === "windows"
    ? /^([A-Za-z]:[\\/]|\\\\[^\\])/.test(folder)
    : posix.isAbsolute(folder);
  if (!absolute) throw unfit(folder, "the path is not absolute");
  return normalize(folder).replace(system === "windows" ? /(?<=[^:])\\$/ : /(?<=.)\/$/, "");
}

function menuEntry({ system, environment, programsMenu }: InstallRequest): string {
  if (system === "windows") {
    const folder = programsMenu ?? win32.join(required(environment, "APPDATA"), MENU_FOLDER);
    return win32.join(folder, `${PRODUCT.name}.lnk`);
  }
  const data = environment["XDG_DATA_HOME"] || posix.join(required(environment, "HOME"), ".local/share");
  return posix.join(data, "applications/windlass.desktop");
}

function required(environment: InstallRequest["environment"], name: string): string {
  const value = environment[name];
  if (value) return value;
  throw new WindlassError("WL_HOME_INVALID", `Cannot find a folder to install into: ${name} is not set`, {
    remedy: `Set ${name} to your own folder and try again.`,
  });
}

function unfit(folder: string, state: string): WindlassError {
  return new WindlassError("WL_INSTALL_FOLDER", `Cannot install into '${folder}': ${state}`);
}

/** What the list of installed programs of Windows shows. Pure. */
export function uninstallEntry(
  { folder, program }: Pick<InstallPlan, "folder" | "program">,
  { version, bytes }: { readonly version: string; readonly bytes: number },
): Readonly<Record<string, string | number>> {
  return {
    DisplayName: PRODUCT.name,
    DisplayVersion: version,
    Publisher: PRODUCT.publisher,
    DisplayIcon: `${program},0`,
    InstallLocation: folder,
    UninstallString: `"${program}" uninstall --window`,
    QuietUninstallString: `"${program}" uninstall --quiet`,
    URLInfoAbout: PRODUCT.homepage,
    EstimatedSize: Math.ceil(bytes / KILOBYTE),
    NoModify: 1,
    NoRepair: 1,
  };
}
