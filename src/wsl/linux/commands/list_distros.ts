import type { ListCommand } from "../command_options.ts";
import { type ListedDistro, plainList, quietList, verboseList } from "../list_layout.ts";
import { DISTRO_STATE, listedDistros, noDistroFailure, versionOf } from "../registry.ts";
import { readRegistry } from "../registry_file.ts";
import { callService, connectService } from "../service/service_client.ts";
import type { RunningDistros } from "../service/protocol.ts";
import { WslFailure } from "../wsl_failure.ts";
import { type CallContext, print } from "./call_context.ts";

const NONE_RUNNING = "There are no running distributions.";
const PASSING_STATES: readonly ListedDistro["state"][] = [
  "Installing",
  "Uninstalling",
  "Converting",
  "Exporting",
];

/** `--list` with its flags. */
export async function listDistros(request: ListCommand, context: CallContext): Promise<number> {
  const distros = await currentDistros(context);
  if (request.verbose) {
    // As in the real one, --running and --all mean nothing here.
    if (distros.length === 0) throw noDistroFailure();
    print(context, verboseList(distros));
    return 0;
  }
  const shown = distros.filter(({ state }) =>
    request.running ? state === "Running" : request.all || !PASSING_STATES.includes(state)
  );
  if (request.quiet) {
    print(context, quietList(shown));
    return 0;
  }
  if (request.running && shown.length === 0) throw new WslFailure(NONE_RUNNING, null);
  if (shown.length === 0) throw noDistroFailure();
  print(context, plainList(shown));
  return 0;
}

/** The distros as they are now. The registry is read without the service, which need not run for that. */
export async function currentDistros(context: CallContext): Promise<ListedDistro[]> {
  const running = await askRunning(context);
  const registry = await readRegistry(context.paths.registry);
  return listedDistros(registry).map(({ guid, entry }) => ({
    name: entry.DistributionName,
    state: stateOf(entry.State, guid, running),
    version: versionOf(entry),
    isDefault: guid === registry.DefaultDistribution,
  }));
}

function stateOf(stored: number, guid: string, running: RunningDistros): ListedDistro["state"] {
  if (stored === DISTRO_STATE.installing) return "Installing";
  if (stored === DISTRO_STATE.uninstalling) return "Uninstalling";
  if (running.exporting.includes(guid)) return "Exporting";
  return running.running.includes(guid) ? "Running" : "Stopped";
}

async function askRunning(context: CallContext): Promise<RunningDistros> {
  const none = { running: [], exporting: [] };
  if (await isServiceNeeded(context)) return await callService(context, { do: "running" });
  using call = await connectService(context.paths);
  return call === null ? none : await call.ask({ do: "running" }).catch(() => none);
}

/** After a crash something may be left that only a service cleans up; it does so when it starts. */
export async function isServiceNeeded({ paths }: CallContext): Promise<boolean> {
  if (Deno.uid() !== 0) return false;
  if (await Deno.stat(paths.machineMark).then(() => true, () => false)) return true;
  const { Distributions } = await readRegistry(paths.registry);
  return Object.values(Distributions).some(({ State }) => State !== DISTRO_STATE.installed);
}
