import { problemOf } from "../../errors/problem_of.ts";
import type { Log } from "../../logging/log.ts";
import { EMBEDDED } from "../../payload/payload.ts";
import type { VersionStore } from "../../payload/version_store.ts";
import { versionFiles } from "../../payload/version_files.ts";
import { NEVER, sleep } from "../../timing/sleep.ts";
import { describeVersion } from "../../update/records/known_versions.ts";
import { openUpdateRecords } from "../../update/records/open_records.ts";
import { type Recovered, recoverUpdate } from "../../update/change/carry_out_recovery.ts";
import type { UpdateRecords } from "../../update/records/records.ts";
import type { Installation } from "../installation.ts";
import { lockHolder } from "../single_instance.ts";
import { yieldToTrial } from "./yield_to_trial.ts";

/** Before the lock of the home is claimed: see {@linkcode yieldToTrial}. Never rejects, as an update keeps nobody from starting. */
export async function yieldHome(installation: Installation): Promise<void> {
  const { home, running } = installation;
  try {
    const store = await installation.store();
    await yieldToTrial({
      isTrial: running.onTrial,
      readCurrent: () => store.readCurrent(),
      changedAt: async () => (await Deno.stat(versionFiles(home.root).current)).mtime?.getTime(),
      isHeld: async () => await lockHolder(home) !== undefined,
      now: () => Date.now(),
      sleep: (milliseconds) => sleep(milliseconds, NEVER), // bounded by itself
    });
  } catch {
    // The recovery, which reads the files next, reports what is wrong with them.
  }
}

/** What a host finds of updates at its start. */
export interface RecoveredUpdates {
  readonly store: VersionStore;
  readonly records: UpdateRecords;
  readonly recovery: Recovered;
}

/** Whose updates are recovered, and by which version. */
export interface RecoverUpdatesOptions {
  readonly installation: Installation;
  /** The version that recovers. @default The running one */
  readonly versionId?: string;
  readonly log: Log;
  /** Why a version on trial has failed, as the guardian has seen it. */
  readonly reason?: string;
}

/**
 * Ends what a death has left of an update. The caller holds the lock of the home. Never rejects: where the records
 * cannot be had, this host has no updates, and runs all the same.
 */
export async function recoverUpdates(options: RecoverUpdatesOptions): Promise<RecoveredUpdates | undefined> {
  const { installation, versionId = installation.running.id, log, reason } = options;
  try {
    const store = await installation.store();
    const records = await openUpdateRecords({ directory: installation.home.updateDirectory, store, log });
    const running = { id: versionId, version: installation.running.version };
    const state = () => records.state.state;
    const recovery = await recoverUpdate(records, {
      running: versionId,
      versionOf: async (id) => (await describeVersion(id, { running, store, state })).version,
      ...reason === undefined ? {} : { reason },
    });
    if (versionId === EMBEDDED) await removeUnusable(store, log);
    return { store, records, recovery };
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
