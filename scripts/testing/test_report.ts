import type { TestCounts } from "./test_counts.ts";
import type { TestResult } from "./test_result.ts";
import { slowest, type TestTime } from "./test_times.ts";

/** Files and tests below these times are only in the file of times, not in the printed list. */
const SHOWN_FILE_SECONDS = 1;
const SHOWN_TEST_SECONDS = 5;

/** The time of one test file. */
export interface FileTime {
  readonly suite: string;
  readonly file: string;
  readonly seconds: number;
  readonly slowest: readonly { readonly name: string; readonly seconds: number }[];
}

/** The time of every file, longest first; files that ran in one process have the sum of their tests. Pure. */
export function fileTimes(results: readonly TestResult[]): FileTime[] {
  const times = results.flatMap(({ suite, name, seconds, tests }) => {
    const byFile = Map.groupBy(tests, ({ file }) => file);
    if (byFile.size === 0 || byFile.has(undefined)) return [fileTime(suite, name, seconds, tests)];
    return [...byFile].map(([file, own]) => fileTime(suite, file!.replace(/^\.\//, ""), sumOf(own), own));
  });
  return times.sort((one, other) => other.seconds - one.seconds);
}

function fileTime(suite: string, file: string, seconds: number, tests: readonly TestTime[]): FileTime {
  const listed = slowest(tests).map(({ name, seconds }) => ({ name, seconds: rounded(seconds) }));
  return { suite, file, seconds: rounded(seconds), slowest: listed };
}

/** The printed list of times. Pure. */
export function timeLines(times: readonly FileTime[]): string[] {
  const line = (seconds: number, name: string) => `${seconds.toFixed(1).padStart(8)} s  ${name}`;
  return times.filter(({ seconds }) => seconds >= SHOWN_FILE_SECONDS).flatMap((
    { file, seconds, slowest },
  ) => [
    line(seconds, file),
    ...slowest.filter(({ seconds }) => seconds >= SHOWN_TEST_SECONDS).map(({ name, seconds }) =>
      `    ${line(seconds, name)}`
    ),
  ]);
}

/** Lines of failures that are shown with their errors; of more than that, only the names, so that all are in view. */
const SHOWN_FAILURE_LINES = 18;

/** The end of a run: all failures, then a line for every suite, then the sums. Pure. */
export function closingLines(results: readonly TestResult[]): string[] {
  const failures = results.flatMap((result) => result.failures);
  const suites = [...Map.groupBy(results, ({ suite }) => suite)];
  const total = totalOf(results);
  return [
    ...(failures.length === 0 ? [] : ["Failed:", ...shortened(failures), ""]),
    ...suites.map(([suite, own]) => suiteLine(suite, own)),
    "",
    `${total.passed} passed, ${total.failed} failed${total.ignored > 0 ? `, ${total.ignored} skipped` : ""}`,
  ];
}

function shortened(failures: readonly string[]): readonly string[] {
  return failures.length <= SHOWN_FAILURE_LINES ? failures : failures.filter((line) => !/^ {3}/.test(line));
}

/** The sums of all results. Pure. */
export function totalOf(results: readonly TestResult[]): TestCounts {
  const sum = (key: keyof TestCounts) => results.reduce((total, result) => total + result[key], 0);
  return { passed: sum("passed"), failed: sum("failed"), ignored: sum("ignored") };
}

function suiteLine(suite: string, results: readonly TestResult[]): string {
  const { passed, failed } = totalOf(results);
  const runs = results.length > 1 ? ` in ${results.length} runs` : "";
  const verdict = failed === 0 ? "ok    " : "FAILED";
  return `${verdict} ${suite} (${passed} passed, ${failed} failed, ${sumOf(results).toFixed(1)} s${runs})`;
}

function sumOf(times: readonly { readonly seconds: number }[]): number {
  return times.reduce((sum, { seconds }) => sum + seconds, 0);
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
