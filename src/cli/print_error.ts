import { isWindlassError } from "../errors/windlass_error.ts";
import { problemOf } from "../errors/problem_of.ts";

/** Exit codes of the command line; closed, so that scripts can rely on them. */
export const EXIT = {
  ok: 0,
  /** The command was understood and failed. */
  failed: 1,
  /** The command line itself was wrong. */
  usage: 2,
  /** Ended by Ctrl-C, as shells count it. */
  interrupted: 130,
} as const;

/** An error as the user sees it: the sentence, then code and remedy, and the exit code. Pure. */
export function describeError(error: unknown): { text: string; exitCode: number } {
  const problem = problemOf(error);
  return {
    text: `windlass: ${problem.message}\n  ${problem.code}: ${problem.remedy}\n`,
    exitCode: isWindlassError(error, "WL_USAGE") ? EXIT.usage : EXIT.failed,
  };
}
