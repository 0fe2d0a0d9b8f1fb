import { problemOf } from "../../errors/problem_of.ts";
import { confirmVersion, leaveTrial, rollBack } from "../change/change_version.ts";
import type { SwitchedChange } from "../records/journal.ts";
import type { UpdateRecords } from "../records/records.ts";

/** How a trial has ended. `left`: the host was asked to end before. */
export type TrialEnd = "confirmed" | "undone" | "left";

/**
 * The trial of the version that runs: confirms it if its health check succeeds, and undoes the change if not.
 *
 * @param checkHealth Rejects with what is not as it should be, or as soon as the signal aborts.
 * @param signal Aborts when the host is asked to end.
 */
export async function holdTrial(
  records: UpdateRecords,
  change: SwitchedChange,
  checkHealth: (change: SwitchedChange, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<TrialEnd> {
  records.log("info", "update.trial", { version: change.version });
  try {
    await checkHealth(change, signal);
  } catch (error) {
    if (signal.aborted) {
      await leaveTrial(records, change);
      return "left";
    }
    const reason = problemOf(error).message.replace(/^Cannot keep the new version: /, "");
    records.log("error", "update.trial.failed", { version: change.version, reason });
    await rollBack(records, change, reason);
    return "undone";
  }
  await confirmVersion(records, change);
  records.log("info", "update.confirmed", { version: change.version });
  return "confirmed";
}
