import { type GroupResult, runInGroup } from "./run_in_group.ts";
import type { TestSuite } from "./test_suites.ts";

/** Docker's CLI, buildx and compose are compiled here on a first run: a quarter of an hour on a small, busy machine. */
const SET_UP_MILLISECONDS = 60 * 60_000;

/** How a set-up ended. */
export interface SetUpResult extends GroupResult {
  readonly seconds: number;
}

/**
 * Starts what prepares the suites, one after the other and at a low priority, so that the suites which run
 * meanwhile have the processors first. Each is done once the promise under its suite's name resolves.
 */
export function startSetUps(
  suites: readonly TestSuite[],
  signal: AbortSignal,
): ReadonlyMap<string, Promise<SetUpResult>> {
  const started = new Map<string, Promise<SetUpResult>>();
  let previous: Promise<unknown> = Promise.resolve();
  for (const { name, setUp } of suites) {
    if (setUp === undefined) continue;
    const run = previous.then(() => setUpSuite(setUp, signal));
    started.set(name, run);
    previous = run;
  }
  return started;
}

async function setUpSuite(setUp: readonly string[], signal: AbortSignal): Promise<SetUpResult> {
  const started = Date.now();
  const ended = await runInGroup(["nice", "-n", "19", ...setUp], {
    limitMilliseconds: SET_UP_MILLISECONDS,
    signal,
  });
  return { ...ended, seconds: (Date.now() - started) / 1000 };
}
