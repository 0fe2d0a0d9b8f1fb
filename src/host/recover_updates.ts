import { join } from "node:path";
import { problemOf } from "../errors/problem_of.ts";
import type { Log } from "../logging/log.ts";
import { EMBEDDED } from "../payload/payload.ts";
import { openVersionStore, type VersionStore } from "../payload/version_store.ts";
import { versionFiles } from "../payload/version_files.ts";
import { sleep } from "../timing/sleep.ts";
import { describeVersion } from "../update/known_versions.ts";
import { openUpdateRecords } from "../update/open_update_records.ts";
import { type Recovered, recoverUpdate } from "../update/recover_update.ts";
import type { UpdateRecords } from "../update/update_records.ts";
import { VERSION } from "../version.ts";
import type { Home } from "./home.ts";
import { lockHolder } from "./single_instance.ts";
import { yieldToTrial } from "./yield_to_trial.ts";

/** Before the lock of the home is claimed: see {@linkcode yieldToTrial}. Never rejects, as an update keeps nobody from starting. */
export async function yieldHome(home: Home, executable: string, isTrial: boolean): Promise<void> {
  try {
    const store = await openVersionStore({ home: home.root, executable });
    await yieldToTrial({
      isTrial,
      readCurrent: () => store.readCurrent(),
      changedAt: async () => (await Deno.stat(versionFiles(home.root).current)).mtime?.getTime(),
      isHeld: async () => await lockHolder(home) !== undefined,
      now: () => Date.now(),
      sleep: (milliseconds) => sleep(milliseconds, new AbortController().signal), // bounded by itself
    });
  } catch {
    // What is wrong with the files is told by the recovery, which reads them next.
  }
}

/** What a host finds of updates at its start. */
export interface RecoveredUpdates {
  readonly store: VersionStore;
  readonly records: UpdateRecords;
  readonly recovered: Recovered;
}

/** What is looked at. */
export interface RecoverUpdatesOptions {
  readonly home: Home;
  /** Path of the packaged executable. */
  readonly executable: string;
  /** The version that this host is of. */
  readonly versionId: string;
  readonly log: Log;
  /** Why a version on trial has failed, as the guardian has seen it. */
  readonly reason?: string;
}

/**
 * Ends what a death has left of an update. The caller holds the lock of the home. Never rejects: where the records
 * cannot be had, this host has no updates, and runs all the same.
 */
export async function recoverUpdates(options: RecoverUpdatesOptions): Promise<RecoveredUpdates | undefined> {
  const { home, executable, versionId, log, reason } = options;
  try {
    const store = await openVersionStore({ home: home.root, executable });
    const records = await openUpdateRecords({ directory: updateFolder(home), store, log });
    const running = { id: versionId, version: VERSION };
    const state = () => records.state.state;
    const recovered = await recoverUpdate(records, {
      running: versionId,
      versionOf: async (id) => (await describeVersion(id, { running, store, state })).version,
      ...reason === undefined ? {} : { reason },
    });
    if (versionId === EMBEDDED) await removeUnusable(store, log);
    return { store, records, recovered };
  } catch (error) {
    log("error", "update.unavailable", { reason: problemOf(error).message });
    return undefined;
  }
}

/** Whatever the journal says, it says it without this file. */
async function removeUnusable(store: VersionStore, log: Log): Promise<void> {
  try {
    if (await store.removeUnusableCurrent()) log("info", "update.current.removed");
  } catch (error) {
    log("warn", "update.current.unusable", { reason: problemOf(error).message });
  }
}

/** Where a home has what belongs to updates alone. */
export function updateFolder(home: Home): string {
  return join(home.root, "update");
}
