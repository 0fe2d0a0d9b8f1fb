import { EMBEDDED } from "../../payload/payload.ts";
import {
  type Change,
  type InstalledChange,
  installedChangeOf,
  type SwitchedChange,
  switchedChangeOf,
} from "../records/journal.ts";
import { shortReason } from "../limits.ts";
import type { UpdateRecords } from "../records/records.ts";
import { withConfirmed, withFailure, withSkipped } from "../records/state.ts";

/*
 * The writes of a change, each in the order that PROCESS.md says. Every function may be repeated after a death at any
 * of its writes, and ends the same.
 */

/** The switch. The next start of a host is one of the new version. */
export async function nameOnTrial(records: UpdateRecords, change: SwitchedChange): Promise<void> {
  const { journal, store } = records;
  await journal.write({ state: "switching", ...switchedChangeOf(change) });
  await store.writeCurrent({
    current: change.id,
    previous: change.from.id,
    trial: true,
    tries: 0,
  });
}

/** The new host resumes the trial. */
export async function beginTrial({ journal }: UpdateRecords, change: SwitchedChange): Promise<void> {
  await journal.write({ state: "trial", ...switchedChangeOf(change), stopped: false });
}

/** The new host was asked to end before its trial was over: that start is not counted, and must not be repeated. */
export async function leaveTrial(records: UpdateRecords, change: SwitchedChange): Promise<void> {
  await records.journal.write({ state: "trial", ...switchedChangeOf(change), stopped: true });
  const named = await records.store.readCurrent();
  if (named?.current !== change.id || !named.trial) return;
  const { current, previous, trial } = named;
  await records.store.writeCurrent({ current, previous, trial, tries: Math.max(0, named.tries - 1) });
}

/** The new version is named for good. Its rest, {@linkcode tidyUp}, takes what is old away. */
export async function confirmVersion(records: UpdateRecords, change: InstalledChange): Promise<void> {
  const { journal, store, state, history } = records;
  const named = await records.store.readCurrent();
  if (named === undefined || named.trial) {
    await store.writeCurrent({
      current: change.id,
      previous: change.from.id,
      trial: false,
      tries: 0,
    });
  }
  await journal.write({ state: "confirming", ...installedChangeOf(change) });
  await state.change((known) => {
    const confirmed = withConfirmed(known, change.version, change.from);
    return change.kind === "rollback" ? withSkipped(confirmed, change.from.version) : confirmed;
  });
  await history.add({
    at: records.now().toISOString(),
    event: change.kind === "rollback" ? "went back" : "updated",
    version: change.version,
    from: change.from.version,
    by: change.by,
    change: change.change,
  });
}

/**
 * Undoes the switch: the previous version runs after the next start, and the one that failed is bad. The journal
 * stays until that has started, so that it learns what has happened: {@linkcode forgetChange}.
 */
export async function rollBack(
  records: UpdateRecords,
  change: InstalledChange,
  reason: string,
): Promise<void> {
  await records.journal.write({
    state: "rolling-back",
    ...installedChangeOf(change),
    reason: shortReason(reason),
  });
  await restoreCurrent(records, change);
  const at = records.now().toISOString();
  const told = reason === "" ? "no reason is known" : shortReason(reason);
  await records.state.change((known) => withFailure(known, { version: change.version, reason: told, at }));
  await records.history.add({
    at,
    event: "undone",
    version: change.version,
    from: change.from.version,
    by: change.by,
    reason: told,
    change: change.change,
  });
}

/** The change is over, and everybody who must know does. */
export async function forgetChange({ journal }: UpdateRecords): Promise<void> {
  await journal.remove();
}

/** A version that was not even switched to will not do on this machine: it is bad, with the reason. */
export async function refuseVersion(records: UpdateRecords, change: Change, reason: string): Promise<void> {
  const { journal, state, history } = records;
  const at = records.now().toISOString();
  const { version, from, by } = change;
  await state.change((known) => withFailure(known, { version, reason, at }));
  await history.add({ at, event: "unfit", version, from: from.version, by, reason, change: change.change });
  await journal.remove();
}

/** Names the version again that ran before, unless it is named already. */
async function restoreCurrent(
  records: UpdateRecords,
  { id, from }: InstalledChange,
): Promise<void> {
  const { store } = records;
  if ((await store.readCurrent())?.current !== id) return;
  if (from.id === EMBEDDED && from.previous === null) return await store.removeCurrent();
  await store.writeCurrent({
    current: from.id,
    previous: from.previous,
    trial: false,
    tries: 0,
  });
}

/** Names the running version in place of one whose files are no longer usable; that one may be fetched again. */
export async function giveUpVersion(records: UpdateRecords, id: string, running: string): Promise<void> {
  const { store, log } = records;
  log("warn", "update.version.damaged", { id, running });
  if (running === EMBEDDED) await store.removeCurrent();
  else {
    const named = { current: running, previous: null, trial: false, tries: 0 };
    await store.writeCurrent(named);
  }
  await store.remove(id);
}

/** What is left when a version runs for good. */
export interface TidyParts {
  /** Removes the engine distros of other versions. */
  removeOtherDistros(): Promise<void>;
  /** A version that is not named and is to be kept: one that is ready. */
  readonly keep?: string | undefined;
}

/** Takes away what neither the current nor the previous version needs. May be repeated. */
export async function tidyUp(records: UpdateRecords, { removeOtherDistros, keep }: TidyParts): Promise<void> {
  const { store } = records;
  const named = await store.readCurrent();
  if (named?.trial) return; // whatever this host takes itself for: the version before may be needed
  if (keep === undefined) await removeOtherDistros();
  const needed = new Set([named?.current, named?.previous, keep]);
  for (const id of await store.versions()) {
    if (!needed.has(id)) await store.remove(id);
  }
  await store.collect();
  const found = await records.journal.read();
  if (typeof found === "object" && found.state === "confirming") await records.journal.remove();
}
