import { dirname } from "node:path";
import { WindlassError } from "../errors/windlass_error.ts";
import { replaceFile } from "../files/replace_file.ts";
import { systemReason } from "../files/file_errors.ts";
import { openExecutable } from "../payload/executable.ts";
import { menuEntryText } from "./desktop_entry.ts";
import { lockInstallation } from "./install_lock.ts";
import { formatMarker, type InstallMarker, lockFile, markerFile, readMarker } from "./install_marker.ts";
import { type InstallPlan, PRODUCT_CODE, uninstallEntry } from "./install_plan.ts";
import { addFolder, hasFolder, type Variables } from "./path_text.ts";
import { placeExecutable, removeRemains } from "./place_executable.ts";
import { PRODUCT } from "./product.ts";

/** Readable for all, as programs are. */
const FILE_MODE = 0o644;

/** What is installed. */
export interface InstallOptions {
  /** The executable to copy. */
  readonly executable: string;
  readonly version: string;
  readonly variables: Variables;
  readonly signal: AbortSignal;
  /** Told of each thing that was done. */
  readonly tell: (line: string) => void;
}

/**
 * Puts the program and its entries in place. Repeating it repairs what is missing.
 *
 * The marker comes first and lists what will be added; PATH and menu come after the program, so that nothing leads to a program
 * that does not exist. A run that was cut off is finished by the next one, or undone by an uninstallation.
 *
 * @returns Whether the program is another one than before.
 * @throws {WindlassError} `WL_INSTALL_BUSY`, what `placeExecutable` throws, `WL_REGISTRY_FAILED`, `WL_SHORTCUT_FAILED`,
 * `WL_FILE_NOT_WRITABLE`.
 */
export async function install(plan: InstallPlan, options: InstallOptions): Promise<boolean> {
  const { program } = plan;
  const needed = [plan.folder, dirname(plan.menuEntry)];
  const missing = (await Promise.all(needed.map(missingFolders))).flat();
  for (const folder of needed) await makeFolder(folder);
  using _lock = await lockInstallation(lockFile(program));
  for (const file of [program, markerFile(program), plan.menuEntry]) {
    await removeRemains(file, { partials: true });
  }
  const marker = await nextMarker(plan, options, missing);
  await writeMarker(program, marker);
  const changed = await placeExecutable(options.executable, program, options);
  options.tell(changed ? `Copied to '${program}'` : `'${program}' is already this version`);
  const isInMenu = await exists(plan.menuEntry);
  if (plan.system === "windows") await registerWithWindows(plan, options);
  else await replaceFile(plan.menuEntry, menuEntryText(program), { mode: FILE_MODE });
  if (!isInMenu) options.tell(`Added to the menu: '${plan.menuEntry}'`);
  await writeMarker(program, { ...marker, complete: true });
  return changed;
}

async function writeMarker(program: string, marker: InstallMarker): Promise<void> {
  await replaceFile(markerFile(program), formatMarker(marker), { mode: FILE_MODE });
}

/** Additions of an earlier installation are still ours to remove, even if this one would not make them. */
async function nextMarker(
  plan: InstallPlan,
  { variables }: InstallOptions,
  missing: readonly string[],
): Promise<InstallMarker> {
  const earlier = await readMarker(plan.program);
  return {
    format: 1,
    installedBy: plan.installedBy,
    complete: false,
    path: earlier?.path ?? await pathToAdd(plan, variables),
    files: [...new Set([...earlier?.files ?? [], plan.menuEntry])],
    folders: [...new Set([...earlier?.folders ?? [], ...missing])],
  };
}

async function pathToAdd({ system, path, folder }: InstallPlan, variables: Variables) {
  if (system !== "windows" || !path) return null;
  const { readUserPath } = await import("../platform/windows/registry/user_path.ts");
  const stored = readUserPath();
  if (stored !== null && hasFolder(stored.text, folder, variables)) return null; // the user's own doing
  return { existed: stored !== null };
}

async function registerWithWindows(plan: InstallPlan, options: InstallOptions): Promise<void> {
  const [paths, links, entries] = await Promise.all([
    import("../platform/windows/registry/user_path.ts"),
    import("../platform/windows/shell_link.ts"),
    import("../platform/windows/registry/uninstall_entry.ts"),
  ]);
  const { folder, program } = plan;
  const bytes = await installedBytes(program);
  entries.writeUninstallEntry(PRODUCT_CODE, uninstallEntry(plan, { version: options.version, bytes }));
  links.writeShellLink(plan.menuEntry, {
    target: program,
    arguments: "open",
    description: PRODUCT.summary,
    workingDirectory: folder,
  });
  if (!plan.path) return;
  const stored = paths.readUserPath() ?? { text: "", expand: true };
  const text = addFolder(stored.text, folder, options.variables);
  if (text === stored.text) return;
  await paths.writeUserPath({ ...stored, text });
  options.tell(`Added to PATH: '${folder}'`);
}

/** What the program takes on the disk: itself, and what it unpacks. */
async function installedBytes(program: string): Promise<number> {
  using executable = await openExecutable(program);
  const unpacked = executable.components.filter(({ unpack }) => unpack);
  return unpacked.reduce((sum, { rawLength }) => sum + rawLength, (await Deno.stat(program)).size);
}

/** The folders above and including `folder` that do not exist, the outer ones first. */
async function missingFolders(folder: string): Promise<string[]> {
  if (await exists(folder) || dirname(folder) === folder) return [];
  return [...await missingFolders(dirname(folder)), folder];
}

function exists(path: string): Promise<boolean> {
  return Deno.lstat(path).then(() => true, () => false);
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (cause) {
    const message = `Cannot install into '${folder}': ${systemReason(cause)}`;
    throw new WindlassError("WL_INSTALL_FOLDER", message, { cause });
  }
}
