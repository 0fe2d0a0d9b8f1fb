import type { Status } from "../../api/resources/status.ts";
import type { WindlassClient } from "../../client/windlass_client.ts";
import { hostClient } from "../../host/host_client.ts";
import { dockerConfigFolder } from "../../docker_context/docker_context.ts";
import { problemOf } from "../../errors/problem_of.ts";
import { isWindlassError, WindlassError } from "../../errors/windlass_error.ts";
import { createHome, type Home } from "../../host/home.ts";
import { openInstanceSettings } from "../../host/instance_settings.ts";
import { launchHost } from "../../host/launch_host.ts";
import { install as installProgram } from "../../install/install.ts";
import { type Installer, INSTALLERS, readMarker } from "../../install/install_marker.ts";
import { type InstallPlan, planInstall } from "../../install/install_plan.ts";
import { installationOwner } from "../../install/installation_owner.ts";
import { OPERATING_SYSTEM } from "../../platform/operating_system.ts";
import { VERSION } from "../../version.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { withInstallReport } from "../install_report.ts";
import { EXIT } from "../print_error.ts";
import { askHost } from "../running_host.ts";
import { describeWarning } from "../text/warning_text.ts";
import { stopHost } from "./stop.ts";

/** The host answers and takes requests at once. */
const ANSWER_MILLISECONDS = 5_000;

/** `windlass install`: this executable becomes a program of the user, in PATH, menu and list of programs. */
export async function install(input: CommandInput, given: CommandContext): Promise<number> {
  return await withInstallReport(input, given, async (context) => {
    const plan = await readPlan(input, context);
    const home = context.home();
    using client = hostClient(home);
    const running = await statusOf(client, context);
    const changed = await installProgram(plan, {
      executable: context.executable(),
      version: VERSION,
      variables: context.environment(),
      signal: context.signal,
      tell: (line) => context.note(`${line}\n`),
    });
    if (input.flags["start-at-sign-in"] === true) await startAtSignIn(home, client, plan, context);
    await followInstalled(home, plan, context);
    if (running !== undefined && changed) await renewHost(home, plan, running, context);
    context.note(`Windlass ${VERSION} is installed\n`);
    reportPath(plan, context);
    return EXIT.ok;
  });
}

async function readPlan(input: CommandInput, context: CommandContext): Promise<InstallPlan> {
  const environment = context.environment();
  const running = context.executable();
  const owner = installationOwner(running, environment);
  if (owner === "scoop" || owner === "winget") {
    throw new WindlassError("WL_INSTALL_OWNED", `Cannot install '${running}': it was installed by ${owner}`);
  }
  const folder = input.flags["dir"];
  const plan = planInstall({
    system: OPERATING_SYSTEM,
    environment,
    programsMenu: OPERATING_SYSTEM === "windows"
      ? (await import("../../platform/windows/programs_menu.ts")).programsMenu()
      : undefined,
    folder: typeof folder === "string" ? folder : undefined,
    path: input.flags["no-path"] !== true,
    installedBy: "user",
  });
  return { ...plan, installedBy: await installerOf(input, plan.program) };
}

/** The first installer keeps managing the installation, unless `--installed-by` names another one. */
async function installerOf(input: CommandInput, program: string): Promise<Installer> {
  const named = input.flags["installed-by"];
  if (named === undefined) return (await readMarker(program))?.installedBy ?? "user";
  const known = INSTALLERS.find((installer) => installer === named);
  if (known !== undefined) return known;
  throw new WindlassError(
    "WL_USAGE",
    `Cannot run 'install': '${named}' is not one of ${INSTALLERS.join(", ")}`,
  );
}

/** A host that does not answer keeps nobody from installing. */
async function statusOf(client: WindlassClient, context: CommandContext): Promise<Status | undefined> {
  try {
    return await askHost(client);
  } catch (error) {
    warn(error, context);
    return undefined;
  }
}

async function startAtSignIn(
  home: Home,
  client: WindlassClient,
  plan: InstallPlan,
  context: CommandContext,
): Promise<void> {
  const changes = { startAtSignIn: true };
  if (await statusOf(client, context) !== undefined) {
    await client.settings.change(changes, { signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
  } else {
    await createHome(home);
    await (await settingsOf(home, plan, context)).change(changes, context.signal);
  }
  context.note("Windlass starts when you sign in\n");
}

/** What starts at sign-in may have been another copy of the executable. */
async function followInstalled(home: Home, plan: InstallPlan, context: CommandContext): Promise<void> {
  const settings = await settingsOf(home, plan, context);
  if (!settings.values.startAtSignIn) return;
  for (const problem of await settings.start()) warn(problem, context);
}

function settingsOf(home: Home, plan: InstallPlan, context: CommandContext) {
  return openInstanceSettings({
    installation: { home, executable: plan.program },
    dockerConfig: dockerConfig(context),
  });
}

function dockerConfig(context: CommandContext): string | undefined {
  return dockerConfigFolder(context.environment(), OPERATING_SYSTEM);
}

/** The host that runs is of the version before. It makes room if that ends nobody's work. */
async function renewHost(
  home: Home,
  plan: InstallPlan,
  running: Status,
  context: CommandContext,
): Promise<void> {
  if (!isIdle(running.engine)) {
    context.note(
      "The running version stays active because it is in use; run 'windlass restart' to switch to this one\n",
    );
    return;
  }
  try {
    await stopHost(home, context);
    await launchHost(plan.program, home);
    if (running.engine.state !== "running") return;
    using client = hostClient(home);
    await client.engine.start({ signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
  } catch (error) {
    warn(error, context);
  }
}

/** Whether nobody would notice a restart. Pure. */
export function isIdle({ state, keptBy }: Pick<Status["engine"], "state" | "keptBy">): boolean {
  switch (state) {
    case "stopped":
    case "resting":
    case "failed":
      return true;
    case "running":
      return keptBy.length === 0;
    case "importing":
    case "starting":
    case "stopping":
      return false;
  }
}

/** Linux has no list of folders that a program may add to; most shells have the usual folder in theirs. */
function reportPath({ system, path, folder }: InstallPlan, context: CommandContext): void {
  if (!path) return;
  if (system === "windows") return context.note("The command 'windlass' is available in new terminals\n");
  const folders = (context.environment()["PATH"] ?? "").split(":");
  if (!folders.includes(folder)) {
    context.note(`'${folder}' is not in your PATH; add it to use the command 'windlass'\n`);
  }
}

function warn(error: unknown, context: CommandContext): void {
  if (!isWindlassError(error)) throw error;
  context.note(describeWarning(problemOf(error)));
}
