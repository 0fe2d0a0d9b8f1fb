import { dockerConfigFolder, removeDockerContext } from "../../docker_context/docker_context.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { problemOf } from "../../errors/problem_of.ts";
import type { Home } from "../../host/home.ts";
import { undoSettings } from "../../host/instance_settings.ts";
import { openInstanceDistros } from "../../host/instance_distros.ts";
import { thisMachine } from "../../host/machine.ts";
import { claimHome } from "../../host/single_instance.ts";
import { whileInUse } from "../../files/rename_file.ts";
import { NO_LOG } from "../../logging/log.ts";
import { OPERATING_SYSTEM } from "../../platform/operating_system.ts";
import { requirePrivileges } from "../../platform/privileges.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { EXIT } from "../print_error.ts";
import { describeWarning } from "./start.ts";
import { stopHost } from "./stop.ts";

/** What Windlass itself puts into its home; only this is removed from it. */
const OWN_FILES = [
  "host.lock",
  "host.pid",
  "api.json",
  "docker.sock",
  "distros.json",
  "current.json",
  "settings.json",
];
const OWN_FOLDERS = ["logs", "distros", "docker", "wsl"];
/** What this process runs from: on Windows only the launcher can remove it, once this process has ended. */
const RUNTIME_FOLDERS = ["components", "deno"];
/** Tells the launcher to do so (`src/payload/FORMAT.md`). */
const LAUNCHER_MARK = "components/uninstalled";

/** `windlass uninstall`: both distros with their data, and all state of this instance. */
export async function uninstall(input: CommandInput, context: CommandContext): Promise<number> {
  if (input.flags["yes"] !== true) {
    throw new WindlassError(
      "WL_CONFIRM_NEEDED",
      "Cannot uninstall: that deletes all images, containers and volumes, and --yes is missing",
    );
  }
  const home = context.home();
  if (!await exists(home.root)) {
    context.note(`Nothing is installed in ${home.root}\n`);
    return EXIT.ok;
  }
  requirePrivileges("uninstall Windlass");
  await stopHost(home, context);
  await removeDistros(home, context);
  if (home.isDefault) await removeContext(context);
  await undoSettings(home);
  await removeOwnFiles(home);
  context.note(`Windlass is gone from ${home.root}\n`);
  return EXIT.ok;
}

async function removeDistros(home: Home, context: CommandContext): Promise<void> {
  using _claim = await claimHome(home);
  const machine = await thisMachine();
  const executable = context.executable();
  const wsl = machine.wsl(executable, home);
  const distros = await openInstanceDistros({
    wsl,
    home,
    executable,
    versionId: context.version().id,
    log: NO_LOG,
  });
  await distros.remove({ progress: (event) => context.note(`${event.title} '${event.distro}'\n`) });
  if (machine.ownsWsl) await wsl.shutdown();
  machine.restoreUserSettings();
}

/** What stands in the way here is Docker's own configuration, and no reason to stay. */
async function removeContext(context: CommandContext): Promise<void> {
  const folder = dockerConfigFolder(context.environment(), OPERATING_SYSTEM);
  if (folder === undefined) return;
  try {
    await removeDockerContext(folder);
  } catch (error) {
    context.note(describeWarning(problemOf(error)));
  }
}

/** What others have put into the folder stays, and the folder with it; so does one that a disk is mounted on. */
async function removeOwnFiles(home: Home): Promise<void> {
  const launcherRemoves = OPERATING_SYSTEM === "windows";
  const folders = launcherRemoves ? OWN_FOLDERS : [...OWN_FOLDERS, ...RUNTIME_FOLDERS];
  for (const name of [...OWN_FILES, ...await settingsLeftovers(home), ...folders]) {
    const recursive = folders.includes(name);
    await whileInUse(() => Deno.remove(`${home.root}/${name}`, { recursive })).catch(ignoreMissing);
  }
  if (launcherRemoves) return await Deno.writeTextFile(`${home.root}/${LAUNCHER_MARK}`, "");
  try {
    await Deno.remove(home.root);
  } catch (error) {
    if (!["ENOTEMPTY", "EBUSY"].includes((error as { code?: string }).code ?? "")) throw error;
  }
}

/** The lock of the settings, and damaged ones that were set aside. */
async function settingsLeftovers(home: Home): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(home.root));
  return entries.map(({ name }) => name).filter((name) => name.startsWith("settings.json."));
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, (error) => {
    ignoreMissing(error);
    return false;
  });
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
