import { join } from "node:path";
import { z } from "zod";
import type { UpdateStatus } from "../../api/schemas.ts";
import { dockerConfigFolder } from "../../docker_context/docker_context.ts";
import { openInstanceSettings } from "../../host/instance_settings.ts";
import { readMarker } from "../../install/install_marker.ts";
import { installationOwner } from "../../install/installation_owner.ts";
import { EMBEDDED } from "../../payload/payload.ts";
import { openVersionStore, type VersionStore } from "../../payload/version_store.ts";
import { OPERATING_SYSTEM } from "../../platform/operating_system.ts";
import { updateOwner } from "../../update/decision/update_ownership.ts";
import { parseRelease } from "../../update/release/release_document.ts";
import { VERSION } from "../../version.ts";
import type { CommandContext } from "../command.ts";

/** What a host has left in its state that can be told without one. Any part may be missing or of another version. */
const LeftState = z.object({
  lastCheck: z.iso.datetime().nullable().catch(null),
  bad: z.array(z.object({ version: z.string(), reason: z.string() })).catch([]),
  skipped: z.array(z.string()).catch([]),
  pinned: z.string().nullable().catch(null),
});

/** What can be said of updates without a host: from the files of the home, of which none is changed. */
export async function updateAtRest(context: CommandContext): Promise<UpdateStatus> {
  const home = context.home();
  const executable = context.executable();
  const environment = context.environment();
  const settings = await openInstanceSettings({
    home,
    executable,
    dockerConfig: dockerConfigFolder(environment, OPERATING_SYSTEM),
  });
  const store = await openVersionStore({ home: home.root, executable });
  const named = await store.readCurrent();
  const { id } = context.version();
  const owner = installationOwner(executable, environment, { marker: await readMarker(executable) });
  const state = await leftState(join(home.root, "update", "state.json"));
  const before = await previousOf(store, named?.previous ?? null, id);
  return {
    current: { version: VERSION, id, trial: false },
    ...before === undefined ? {} : { previous: before },
    mode: settings.values["update.mode"],
    channel: settings.values["update.channel"],
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
