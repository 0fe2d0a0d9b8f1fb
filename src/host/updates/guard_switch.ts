import { join } from "node:path";
import { isWindlassError } from "../../errors/windlass_error.ts";
import { NO_LOG } from "../../logging/log.ts";
import { EMBEDDED } from "../../payload/payload.ts";
import { sleep } from "../../timing/sleep.ts";
import { type GuardianParts, guardTrial, launchPrevious } from "../../update/trial/guardian.ts";
import { journalFile } from "../../update/records/journal.ts";
import type { Installation } from "../installation.ts";
import { launchHost } from "../launch_host.ts";
import { recoverUpdates } from "./open_updates.ts";
import { claimHome, lockHolder } from "../single_instance.ts";

/** Whose switch is guarded. */
export interface GuardSwitchOptions {
  readonly installation: Installation;
  /** Text for the reader of the host's errors. */
  readonly note: (text: string) => void;
  /** Aborts when this process is asked to end. */
  readonly signal: AbortSignal;
}

/**
 * Launches the version that `current.json` names on trial, and guards it until it is confirmed, or the previous
 * one runs again; see src/update/PROCESS.md. The caller has released the home.
 */
export async function guardSwitch(options: GuardSwitchOptions): Promise<void> {
  const { installation, signal } = options;
  const { home, executable } = installation;
  const store = await installation.store();
  const named = await store.readCurrent();
  if (named?.trial !== true) return await launchAgain(options);
  const parts: GuardianParts = {
    readCurrent: () => store.readCurrent(),
    readJournal: () => journalFile(join(home.updateDirectory, "journal.json")).read(),
    lockHolder: () => lockHolder(home),
    launch: () => launchHost(executable, home),
    kill,
    rollBack: (reason) => undo(options, reason),
    sleep,
    now: () => performance.now(),
    note: (text) => options.note(`windlass: ${text}\n`),
  };
  await guardTrial(named.current, parts, signal);
}

/** Launches the host that `current.json` names by now. */
export async function launchAgain({ installation, note, signal }: GuardSwitchOptions): Promise<void> {
  await launchPrevious({
    launch: () => launchHost(installation.executable, installation.home),
    sleep,
    note: (text) => note(`windlass: ${text}\n`),
  }, signal);
}

/** Undoes the change if it is still on trial. Resolves to whether this process had the lock of the home for it. */
async function undo({ installation }: GuardSwitchOptions, reason: string): Promise<boolean> {
  let claim: Disposable;
  try {
    claim = await claimHome(installation.home);
  } catch (error) {
    if (isWindlassError(error, "WL_HOST_RUNNING")) return false;
    throw error;
  }
  using _claim = claim;
  // What a host of the previous version would do at its start, with a better reason.
  const store = await installation.store();
  const named = await store.readCurrent();
  if (named?.trial !== true) return true; // confirmed, or undone, since the guardian has looked
  const versionId = named.previous ?? EMBEDDED;
  await recoverUpdates({ installation, versionId, log: NO_LOG, reason });
  return true;
}

/** Ends a process at once. */
function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error)) throw error; // it has ended already
  }
}
