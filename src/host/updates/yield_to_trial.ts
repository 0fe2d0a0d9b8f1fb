import type { Current } from "../../payload/current_file.ts";

/**
 * How long a start on trial may take from its count in `current.json` to the lock of the home, in milliseconds. It takes
 * a fraction of a second; a machine that swaps needs more. Far below what a launch waits for a host.
 */
const START_MILLISECONDS = 10_000;
const POLL_MILLISECONDS = 100;

/** What is checked; replaced in tests. */
export interface YieldParts {
  /** Whether this host is the one on trial. */
  readonly isTrial: boolean;
  readCurrent(): Promise<Current | undefined>;
  /** When `current.json` was changed last, in milliseconds; nothing if that is not known. */
  changedAt(): Promise<number | undefined>;
  /** Whether a host has the home. */
  isHeld(): Promise<boolean>;
  /** Milliseconds of the clock that files are dated by. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/**
 * Lets a start on trial that was counted a moment ago take the home first. Of several starts at once, the last would
 * otherwise be the previous version, find all tries used up, or not have been counted itself, and undo a version that was
 * just coming up. Before the lock of the home is claimed.
 */
export async function yieldToTrial(parts: YieldParts): Promise<void> {
  if (parts.isTrial) return;
  for (;;) {
    const named = await parts.readCurrent();
    if (named?.trial !== true || named.tries === 0) return;
    const age = parts.now() - (await parts.changedAt() ?? 0);
    if (age < 0 || age >= START_MILLISECONDS || await parts.isHeld()) return;
    await parts.sleep(POLL_MILLISECONDS);
  }
}
