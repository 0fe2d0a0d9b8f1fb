import { dockerConfigFolder, removeDockerContext } from "../../docker_context/docker_context.ts";
import { problemOf } from "../../errors/problem_of.ts";
import { isWindlassError } from "../../errors/windlass_error.ts";
import type { Home } from "../../host/home.ts";
import { PROXY_URL } from "../../agent/protocol/network_names.ts";
import { removeContainerProxies } from "../../host/network/container_proxies.ts";
import { undoSettings } from "../../host/settings_followers.ts";
import { openInstanceDistros } from "../../host/engine/instance_distros.ts";
import { thisMachine } from "../../host/machine/this_machine.ts";
import { disableAllWorkspaces } from "../../host/workspaces/disable_all.ts";
import { distroNames } from "../../provisioning/distro_names.ts";
import { claimHome } from "../../host/single_instance.ts";
import { findInstallation } from "../../install/find_installation.ts";
import { installationOwner } from "../../install/installation_owner.ts";
import { removeInstallation } from "../../install/remove_installation.ts";
import { NO_LOG } from "../../logging/log.ts";
import { OPERATING_SYSTEM } from "../../platform/operating_system.ts";
import { requirePrivileges } from "../../platform/privileges.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { withInstallReport } from "../install_report.ts";
import { ownInstallation } from "../own_installation.ts";
import { describeError, EXIT } from "../print_error.ts";
import { exists, removeOwnFiles } from "../remove_home.ts";
import { decideData } from "../uninstall_choice.ts";
import { describeWarning } from "../text/warning_text.ts";
import { stopHost } from "./stop.ts";

/** `windlass uninstall`: all of this instance and, if it is the usual one, the installed program. */
export async function uninstall(input: CommandInput, context: CommandContext): Promise<number> {
  const work = () => withInstallReport(input, context, (reporting) => uninstallAll(input, reporting));
  if (input.flags["window"] !== true) return await work();
  try {
    return await work();
  } catch (error) {
    // The window goes with the program, and the user could not read why.
    const { text, exitCode } = describeError(error);
    context.note(`${text}\nPress Enter to close this window\n`);
    await context.waitForEnter();
    return exitCode;
  }
}

async function uninstallAll(input: CommandInput, context: CommandContext): Promise<number> {
  const choice = await decideData(input, context);
  if (choice === "cancel") {
    context.note("Nothing was changed\n");
    return EXIT.failed;
  }
  const home = context.home();
  const program = home.isDefault ? await programToRemove(context) : undefined;
  if (!await exists(home.root) && program === undefined) {
    context.note(`Nothing is installed in ${home.root}\n`);
    return EXIT.ok;
  }
  if (await exists(home.root)) await removeInstance(home, { keepData: choice === "keep" }, context);
  if (program !== undefined) await removeProgram(program, context);
  return EXIT.ok;
}

/** A package manager removes its own copy, and knows nothing of another one. */
async function programToRemove(context: CommandContext): Promise<string | undefined> {
  const environment = context.environment();
  const owner = installationOwner(context.executable(), environment);
  if (owner === "scoop" || owner === "winget") return undefined;
  return await findInstallation(context.executable(), environment);
}

async function removeInstance(
  home: Home,
  { keepData }: { readonly keepData: boolean },
  context: CommandContext,
): Promise<void> {
  if (await hasDistros(home)) {
    requirePrivileges("uninstall Windlass");
    await stopHost(home, context);
    await removeDistros(home, { keepData }, context);
  }
  await removeProxies(home, context);
  if (home.isDefault) await removeContext(context);
  await undoSettings(home);
  await removeOwnFiles(home, { keepData });
  context.note(
    keepData
      ? `Removed Windlass from ${home.root}; images, containers and volumes are kept there\n`
      : `Removed Windlass from ${home.root}\n`,
  );
}

/** A home that never had a host has none. */
async function hasDistros(home: Home): Promise<boolean> {
  const traces = [home.distroRecord, home.wslDirectory, home.lockFile];
  return (await Promise.all(traces.map(exists))).includes(true);
}

async function removeDistros(
  home: Home,
  { keepData }: { readonly keepData: boolean },
  context: CommandContext,
): Promise<void> {
  using installation = ownInstallation(context);
  using _claim = await claimHome(home);
  const machine = await thisMachine();
  const wsl = machine.wsl(installation.executable, home);
  const distros = await openInstanceDistros({ wsl, installation, log: NO_LOG });
  await disableAllWorkspaces({
    wsl,
    engineDistro: distros.engineName,
    folder: distroNames(home.instance).engines[0],
    recordFile: home.workspaceRecord,
    log: NO_LOG,
    signal: context.signal,
    note: (text) => context.note(`${text}\n`),
  });
  for (const { message } of await distros.foreign()) context.note(`${message}; it is left alone\n`);
  const options = {
    progress: (event: { readonly title: string; readonly distro: string }) =>
      context.note(`${event.title} '${event.distro}'\n`),
  };
  await (keepData ? distros.reset({ data: false, ...options }) : distros.remove(options));
  if (machine.ownsWsl) await wsl.shutdown();
  machine.restoreUserSettings();
}

/** The network proxy is gone with the engine; as with the context, a file that cannot be changed is only reported. */
async function removeProxies(home: Home, context: CommandContext): Promise<void> {
  const folder = dockerConfigFolder(context.environment(), OPERATING_SYSTEM);
  if (folder === undefined) return;
  const addresses = (await thisMachine()).endpoints(home).map(({ dockerHost }) => dockerHost);
  try {
    await removeContainerProxies([{ folder, addresses }], PROXY_URL);
  } catch (error) {
    context.note(describeWarning(problemOf(error)));
  }
}

/** A Docker configuration that cannot be changed must not prevent the removal. */
async function removeContext(context: CommandContext): Promise<void> {
  const folder = dockerConfigFolder(context.environment(), OPERATING_SYSTEM);
  if (folder === undefined) return;
  try {
    await removeDockerContext(folder);
  } catch (error) {
    context.note(describeWarning(problemOf(error)));
  }
}

async function removeProgram(program: string, context: CommandContext): Promise<void> {
  const { TEMP, TMP } = context.environment();
  const temporaryFolder = TEMP ?? TMP ?? context.home().root;
  const left = await removeInstallation(program, { system: OPERATING_SYSTEM, temporaryFolder });
  context.note(`Removed '${program}'\n`);
  if (left === undefined || OPERATING_SYSTEM !== "windows") return;
  const { removeLater } = await import("../../platform/windows/remove_later.ts");
  try {
    await removeLater({ file: left.program, folder: left.folder, temporaryFolder });
  } catch (error) {
    if (!isWindlassError(error)) throw error;
    context.note(`Delete '${left.program}' yourself once this command has ended\n`);
  }
}
