import { join } from "node:path";
import { z } from "zod";
import type { UpdateStatus } from "../../api/resources/updates.ts";
import { dockerConfigFolder } from "../../docker_context/docker_context.ts";
import { openInstanceSettings } from "../../host/instance_settings.ts";
import { readMarker } from "../../install/install_marker.ts";
import { installationOwner } from "../../install/installation_owner.ts";
import { EMBEDDED } from "../../payload/payload.ts";
import type { VersionStore } from "../../payload/version_store.ts";
import { OPERATING_SYSTEM } from "../../platform/operating_system.ts";
import { updateOwner } from "../../update/decision/ownership.ts";
import { hasUpdateSource, readUpdateSource } from "../../payload/read_update_source.ts";
import { parseRelease } from "../../update/release/release_document.ts";
import type { CommandContext } from "../command.ts";
import { ownInstallation } from "../own_installation.ts";

/** The part of a host's saved state that can be shown while no host is running. Any part may be missing or of another version. */
const LeftState = z.object({
  lastCheck: z.iso.datetime().nullable().catch(null),
  bad: z.array(z.object({ version: z.string(), reason: z.string() })).catch([]),
  skipped: z.array(z.string()).catch([]),
  pinned: z.string().nullable().catch(null),
});

/** What can be said of updates without a host: from the files of the home, of which none is changed. */
export async function updateAtRest(context: CommandContext): Promise<UpdateStatus> {
  using installation = ownInstallation(context);
  const { home, executable, running: { id, version } } = installation;
  const environment = context.environment();
  const settings = await openInstanceSettings({
    installation,
    dockerConfig: dockerConfigFolder(environment, OPERATING_SYSTEM),
  });
  const store = await installation.store();
  const named = await store.readCurrent();
  const owner = installationOwner(executable, environment, { marker: await readMarker(executable) });
  const state = await leftState(join(home.updateDirectory, "state.json"));
  const before = await previousOf(store, named?.previous ?? null, id);
  return {
    current: { version, id, trial: false },
    ...before === undefined ? {} : { previous: before },
    mode: settings.values["update.mode"],
    channel: settings.values["update.channel"],
    hasChannel: hasUpdateSource(await installation.open()),
    managedBy: updateOwner(owner, settings.values["update.selfManaged"]),
    lastCheck: state.lastCheck,
    nextCheck: null,
    step: "idle",
    waitsFor: [],
    bad: state.bad.map(({ version, reason }) => ({ version, reason })).reverse(),
    pinned: state.pinned,
    skipped: state.skipped,
  };
}

/**
 * Refuses what needs a channel before a host is started for it.
 *
 * @throws {WindlassError} `WL_UPDATE_NO_CHANNEL`
 */
export async function requireChannel(context: CommandContext): Promise<void> {
  using installation = ownInstallation(context);
  await readUpdateSource(await installation.open());
}

async function leftState(path: string): Promise<z.output<typeof LeftState>> {
  const text = await Deno.readTextFile(path).catch(() => "{}");
  return LeftState.parse(objectOf(text));
}

function objectOf(text: string): object {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {}; // damaged: the next host begins a new one
  }
}

/** The version before the one that runs, if its number is known. */
async function previousOf(
  store: Pick<VersionStore, "releaseOf">,
  previous: string | null,
  running: string,
): Promise<UpdateStatus["previous"]> {
  if (previous === null || previous === EMBEDDED || previous === running) return undefined;
  const release = await store.releaseOf(previous);
  if (release === undefined) return undefined;
  try {
    return { version: parseRelease(release).version, id: previous };
  } catch {
    return undefined; // of a later format: its host will know
  }
}
