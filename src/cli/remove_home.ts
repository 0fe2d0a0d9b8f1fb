import { unlessMissing } from "../errors/unless_missing.ts";
import { removeIfPresent } from "../files/if_present.ts";
import type { Home } from "../host/home.ts";
import { OPERATING_SYSTEM } from "../platform/operating_system.ts";

/** What Windlass itself puts into its home; only this is removed from it. */
const OWN_FILES = [
  "host.lock",
  "host.pid",
  "api.json",
  "docker.sock",
  "current.json",
  "reserve",
  "workspaces.json",
];
const OWN_FOLDERS = ["logs", "docker", "versions", "update"];
/** What the data distro needs, and what the user has set: it goes with the data. */
const DATA_FILES = ["distros.json", "settings.json"];
const DATA_FOLDERS = ["distros", "wsl"];
/** What this process runs from: on Windows only the launcher can remove it, once this process has ended. */
const RUNTIME_FOLDERS = ["components", "deno"];
/** Tells the launcher to do so (`src/payload/FORMAT.md`). */
const LAUNCHER_MARK = "components/uninstalled";

/** What others have put into the folder stays, and the folder with it; so does one that a disk is mounted on. */
export async function removeOwnFiles(
  home: Home,
  { keepData }: { readonly keepData: boolean },
): Promise<void> {
  const launcherRemoves = OPERATING_SYSTEM === "windows";
  const folders = [
    ...OWN_FOLDERS,
    ...keepData ? [] : DATA_FOLDERS,
    ...launcherRemoves ? [] : RUNTIME_FOLDERS,
  ];
  const own = [...OWN_FILES, ...await leftoversOf("current.json", home)];
  const files = [...own, ...keepData ? [] : [...DATA_FILES, ...await leftoversOf("settings.json", home)]];
  for (const name of [...files, ...folders]) {
    const recursive = folders.includes(name);
    await removeIfPresent(`${home.root}/${name}`, { recursive });
  }
  if (keepData) await removeIfEmpty(`${home.root}/distros`); // before the first import there is no data
  if (launcherRemoves) return await Deno.writeTextFile(`${home.root}/${LAUNCHER_MARK}`, "");
  await removeIfEmpty(home.root);
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await Deno.remove(folder);
  } catch (error) {
    if (!["ENOTEMPTY", "EBUSY", "ENOENT"].includes((error as { code?: string }).code ?? "")) throw error;
  }
}

/** Files beside one of ours: its lock, damaged ones that were set aside, new ones that a death cut off. */
async function leftoversOf(file: string, home: Home): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(home.root));
  return entries.map(({ name }) => name).filter((name) => name.startsWith(`${file}.`));
}

/** Whether there is a file or folder of that name. */
export async function exists(path: string): Promise<boolean> {
  return await unlessMissing(() => Deno.lstat(path)) !== undefined;
}
