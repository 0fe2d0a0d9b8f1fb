import { problemOf } from "../../errors/problem_of.ts";
import { EMBEDDED } from "../../payload/payload.ts";
import { beginTrial, confirmVersion, forgetChange, giveUpVersion, rollBack } from "./change_version.ts";
import {
  type FoundJournal,
  installedChangeOf,
  type Journal,
  type SwitchedChange,
} from "../records/journal.ts";
import { planRecovery, type Recovery } from "./plan_recovery.ts";
import type { UpdateRecords } from "../records/records.ts";

/** What a host does after the recovery. */
export interface Recovered {
  /** This host must not be the one: it launches another, and ends. */
  readonly handOver: boolean;
  /** This host is on trial. */
  readonly trial?: SwitchedChange;
  /** The interrupted work that is to be continued. */
  readonly journal?: Journal;
  /** A change was undone, and its containers are to run again: the engine is to be started. */
  readonly startEngine?: boolean;
}

/** What the recovery looks at beside the records. */
export interface RecoverOptions {
  /** The version that this host is of. */
  readonly running: string;
  /** The number of a version in the store, as far as that is known. */
  readonly versionOf: (id: string) => Promise<string>;
  /** Why a version on trial has failed, if that is known better than the records show. */
  readonly reason?: string;
}

/**
 * Ends what a death has left half done. The first thing that a host does once it has the lock; a failure is logged
 * and costs the update, never the start. Never rejects.
 */
export async function recoverUpdate(records: UpdateRecords, options: RecoverOptions): Promise<Recovered> {
  try {
    const journal = await records.journal.read();
    if (journal === "damaged") records.log("warn", "update.journal.damaged");
    const recovered = await recover(records, options, journal);
    // A journal of another time is forgotten; what current.json says may need something all the same.
    return recovered ?? await recover(records, options, undefined) ?? { handOver: false };
  } catch (error) {
    records.log("error", "update.recovery.failed", { reason: problemOf(error).message });
    return { handOver: false };
  }
}

/** Nothing if the journal was forgotten. */
async function recover(
  records: UpdateRecords,
  { running, versionOf, reason }: RecoverOptions,
  journal: FoundJournal,
): Promise<Recovered | undefined> {
  const named = await records.store.readCurrent();
  const numbers = new Map<string, string>();
  for (const id of [running, named?.current, named?.previous ?? EMBEDDED]) {
    if (id !== undefined) numbers.set(id, await versionOf(id));
  }
  const recovery = planRecovery({
    journal,
    named,
    running,
    present: new Set([EMBEDDED, ...await records.store.versions()]),
    versionOf: (id) => numbers.get(id) ?? "unknown",
    begun: { change: crypto.randomUUID(), since: records.now().toISOString() },
  });
  if (recovery.do !== "nothing") records.log("info", "update.recovery", { action: recovery.do, running });
  return await carryOut(records, recovery, running, reason);
}

async function carryOut(
  records: UpdateRecords,
  recovery: Recovery,
  running: string,
  reason: string | undefined,
): Promise<Recovered | undefined> {
  switch (recovery.do) {
    case "nothing":
      await records.journal.remove(); // a damaged one
      return { handOver: false };
    case "keep":
      return { handOver: false, journal: recovery.journal };
    case "forget":
      records.log("info", "update.forgotten", { reason: recovery.reason });
      await records.journal.remove();
      return undefined;
    case "ready-again": {
      // Whatever ended that switch must not happen over and over: somebody has to ask again.
      const journal: Journal = { state: "ready", ...installedChangeOf(recovery.change), consent: false };
      await records.journal.write(journal);
      return { handOver: false, journal };
    }
    case "trial":
      await beginTrial(records, recovery.change).catch((error) => {
        // It is on trial all the same: current.json says so.
        records.log("error", "update.journal.failed", { reason: problemOf(error).message });
      });
      return { handOver: false, trial: recovery.change };
    case "confirm":
      await confirmVersion(records, recovery.change);
      return { handOver: false, journal: { state: "confirming", ...installedChangeOf(recovery.change) } };
    case "roll-back":
      await rollBack(records, recovery.change, reason ?? recovery.reason);
      // A process that only clears the way for the host of the previous version leaves the end to that host.
      if (recovery.handOver || reason !== undefined) return { handOver: recovery.handOver };
      await forgetChange(records);
      return { handOver: false, startEngine: true };
    case "give-up-version":
      await giveUpVersion(records, recovery.id, running);
      return { handOver: false };
  }
}
