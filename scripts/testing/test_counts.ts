/** How many tests of a run passed, failed and were skipped. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly ignored: number;
}

// deno-lint-ignore no-control-regex
const COLOURS = /\u001b\[[0-9;]*m/g;
const SUMMARY = /^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed(?:.*? \| (\d+) ignored)?/gm;
/** The end of a line such as "name ... ok (5ms)" or "name ... FAILED (due to 1 failed step) (5ms)". */
const RESULT = / \.\.\. (ok|FAILED|ignored) (?:\(due to [^()]*\) )?\([^()]*\)$/;
const COUNTED_AS = { ok: "passed", FAILED: "failed", ignored: "ignored" } as const;

/** The text without what colours it in a terminal. Pure. */
export function withoutColours(text: string): string {
  return text.replaceAll(COLOURS, "");
}

/** The counts in the last summary of `deno test`, such as "ok | 12 passed (3 steps) | 0 failed (2s)". Pure. */
export function countsOf(output: string): TestCounts | undefined {
  const line = [...withoutColours(output).matchAll(SUMMARY)].at(-1);
  if (line === undefined) return undefined;
  return { passed: Number(line[1]), failed: Number(line[2]), ignored: Number(line[3] ?? 0) };
}

/**
 * The counts of a run that was killed before it printed a summary, taken from the lines of its finished tests.
 * Steps are left out, as in a summary. Pure.
 */
export function countsSoFar(output: string): TestCounts {
  const counts = { passed: 0, failed: 0, ignored: 0 };
  for (const line of withoutColours(output).split("\n")) {
    const word = RESULT.exec(line)?.[1] as keyof typeof COUNTED_AS | undefined;
    if (word === undefined) continue;
    // A step is indented below its test or, with --parallel, follows the name of its test.
    const name = line.replace(RESULT, "");
    if (!name.startsWith(" ") && !name.includes(" ... ")) counts[COUNTED_AS[word]]++;
  }
  return counts;
}
