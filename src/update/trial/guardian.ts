import { isWindlassError } from "../../errors/windlass_error.ts";
import { problemOf } from "../../errors/problem_of.ts";
import { type Current, TRIAL_TRIES } from "../../payload/current_file.ts";
import type { FoundJournal } from "../records/journal.ts";
import { UPDATE_LIMITS } from "../limits.ts";

/** What the guardian sees and does; replaced in tests. */
export interface GuardianParts {
  /** What `current.json` says; nothing if it is missing or does not apply. */
  readCurrent(): Promise<Current | undefined>;
  readJournal(): Promise<FoundJournal>;
  /** The holder of the home's lock: a process id, 0 while it is not known, nothing if nobody has. */
  lockHolder(): Promise<number | undefined>;
  /**
   * Launches the host that `current.json` leads to; one that is already running is as good.
   *
   * @throws {WindlassError} What kept it from starting; `WL_HOST_START_FAILED` if it did not say.
   */
  launch(): Promise<void>;
  /** Ends a process at once; fine if it has ended. */
  kill(pid: number): void;
  /** Undoes the change, with the lock of the home. Resolves to whether it could get that. */
  rollBack(reason: string): Promise<boolean>;
  /** Resolves after the time, or when the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
  /** Told in the log of the host's errors. */
  note(text: string): void;
}

/**
 * Looks after a new host until it is confirmed or has failed; then brings the previous version back. Runs in the
 * process of the old host, which has released everything else. Resolves when there is nothing left to guard, or the
 * signal aborts.
 *
 * @param id The version on trial.
 */
export async function guardTrial(id: string, parts: GuardianParts, signal: AbortSignal): Promise<void> {
  let limit = parts.now() + UPDATE_LIMITS.guardianMilliseconds;
  let launches = 0;
  let failure: Failure | undefined;
  const launch = async () => {
    launches++;
    failure = await tryLaunch(parts);
  };
  if (!signal.aborted) await launch();
  while (!signal.aborted) {
    // The holder first: one that has been confirmed and then stopped by the user must not be taken for one that died on trial.
    const holder = await parts.lockHolder();
    const named = await parts.readCurrent();
    if (named?.current !== id || !named.trial) return;
    if (holder !== undefined) {
      if (parts.now() > limit) {
        failure = { reason: `it did not confirm itself within ${LIMIT_SECONDS} s`, isFinal: true };
        if (holder > 0) parts.kill(holder);
      }
    } else if (await wasStopped(parts)) {
      return;
    } else if (failure?.isFinal || named.tries >= TRIAL_TRIES || launches >= TRIAL_TRIES) {
      const reason = failure?.reason ?? "its host ended before confirming itself";
      parts.note(`the new version failed: ${reason}`);
      if (await parts.rollBack(reason)) return await launchPrevious(parts, signal);
    } else {
      await launch();
      continue;
    }
    const before = parts.now();
    await parts.sleep(UPDATE_LIMITS.guardianPollMilliseconds, signal);
    limit += timeAsleep(parts.now() - before - UPDATE_LIMITS.guardianPollMilliseconds);
  }
}

/** Of the milliseconds that a pause was too long, those in which the machine has slept: nobody could do anything in them. */
function timeAsleep(late: number): number {
  return late < UPDATE_LIMITS.guardianLateMilliseconds ? 0 : late;
}

/** Launches the host that is to run from now on, and tries again if that fails. */
export async function launchPrevious(
  parts: Pick<GuardianParts, "launch" | "sleep" | "note">,
  signal: AbortSignal,
): Promise<void> {
  for (let launches = 1; !signal.aborted; launches++) {
    const failure = await tryLaunch(parts);
    if (failure === undefined) return;
    parts.note(`the previous version cannot start: ${failure.reason}`);
    if (launches === UPDATE_LIMITS.previousLaunches) return;
    await parts.sleep(UPDATE_LIMITS.previousPauseMilliseconds, signal);
  }
}

/** Why a start has failed. */
interface Failure {
  readonly reason: string;
  /** The host has said so itself, so another start would say it again. */
  readonly isFinal: boolean;
}

const LIMIT_SECONDS = UPDATE_LIMITS.guardianMilliseconds / 1_000;

async function tryLaunch(parts: Pick<GuardianParts, "launch">): Promise<Failure | undefined> {
  try {
    await parts.launch();
    return undefined;
  } catch (error) {
    return { reason: problemOf(error).message, isFinal: isOwnWords(error) };
  }
}

/** The new host was asked to end: the next start continues its trial. */
async function wasStopped(parts: GuardianParts): Promise<boolean> {
  const journal = await parts.readJournal();
  return typeof journal === "object" && journal.state === "trial" && journal.stopped;
}

/** `WL_HOST_START_FAILED` is what its launcher says of a host that died without a word. */
function isOwnWords(error: unknown): boolean {
  return isWindlassError(error) && error.code !== "WL_HOST_START_FAILED";
}
