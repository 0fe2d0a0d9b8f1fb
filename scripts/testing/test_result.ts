import { failedTests, lastLines, unfinishedTest } from "./failed_tests.ts";
import type { GroupResult } from "./run_in_group.ts";
import { countsOf, countsSoFar, type TestCounts } from "./test_counts.ts";
import { type TestTime, testTimes } from "./test_times.ts";

/** How one command or one test file ended. */
export interface TestResult extends TestCounts {
  readonly suite: string;
  /** The path of the file, or the words of the command. */
  readonly name: string;
  readonly seconds: number;
  /** Lines for the list of failures: empty if all is well. */
  readonly failures: readonly string[];
  readonly tests: readonly TestTime[];
}

/** What was run, and for how long. */
export interface TestRun {
  readonly suite: string;
  readonly name: string;
  readonly seconds: number;
  /** Its time limit. */
  readonly minutes: number;
}

/**
 * Reads the result out of the output. A command that is not a test counts as one; one that was killed or that ends
 * badly without a failed test (a crash, a leak after the last test) has a failure more than its tests. Pure.
 */
export function resultOf({ suite, name, seconds, minutes }: TestRun, ended: GroupResult): TestResult {
  const { success, output, killed } = ended;
  const counts = countsOf(output) ?? countsWithoutSummary(ended);
  const badEnd = killed || (!success && counts.failed === 0);
  const failed = counts.failed + (badEnd ? 1 : 0);
  const failures = failedTests(output).flatMap((test) => [
    `  ${test.name} => ${test.place}`,
    ...test.error.map(indented),
  ]);
  if (killed) {
    failures.push(`  ${name}: killed after ${minutes} minutes, at ${unfinishedTest(output) ?? "its start"}`);
  } else if (failed > 0 && failures.length === 0) {
    failures.push(`  ${name}: failed`, ...lastLines(output).map(indented));
  }
  return { ...counts, failed, suite, name, seconds, failures, tests: testTimes(output) };
}

function countsWithoutSummary({ success, output, killed }: GroupResult): TestCounts {
  const counts = countsSoFar(output);
  if (killed || counts.passed + counts.failed > 0) return counts;
  return { passed: success ? 1 : 0, failed: 0, ignored: 0 };
}

function indented(text: string): string {
  return `      ${text}`;
}
