import { withoutColours } from "./test_counts.ts";

/** A test or step that has failed. */
export interface FailedTest {
  /** With steps, "test ... step". */
  readonly name: string;
  /** The file and line, such as "./tests/x_test.ts:12:6". */
  readonly place: string;
  /** The first lines of the error. */
  readonly error: readonly string[];
}

/** Lines of an error that are kept: enough for the message of an assertion and the start of its difference. */
const ERROR_LINES = 6;
/** Characters of such a line that are kept: some errors carry a log. */
const LINE_CHARACTERS = 160;

const BLOCK_START = /^(\S.*) => (\.?\.?\/\S+:\d+:\d+)$/;
const STACK_FRAME = /^\s+at /;
const RUNNING = /^running \d+ tests? from (\S+)$/;
const RESULT_LINE = / \.\.\. .*\([\d.a-zµ]+\)$/;

/** The failures that `deno test` lists under ERRORS, in their order. A test that failed in a step is left out. Pure. */
export function failedTests(output: string): FailedTest[] {
  const lines = withoutColours(output).split("\n");
  const failed: FailedTest[] = [];
  let inErrors = false;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!.trimEnd();
    if (line.trim() === "ERRORS") inErrors = true;
    else if (line.trim() === "FAILURES") inErrors = false;
    const start = inErrors ? BLOCK_START.exec(line) : null;
    if (start === null) continue;
    failed.push({ name: start[1]!, place: start[2]!, error: errorFrom(lines, index + 1) });
  }
  return failed;
}

/**
 * The test that was running when the output ended, as "file: test", or only the file between two tests. For a run
 * that was killed. Pure.
 */
export function unfinishedTest(output: string): string | undefined {
  let file: string | undefined;
  let test: string | undefined;
  // A note on a slow test follows its name on the same line.
  const text = withoutColours(output).replaceAll(/'[^\n]*' has been running for over [^\n]*/g, "");
  for (const line of text.split("\n")) {
    const running = RUNNING.exec(line);
    if (running !== null) [file, test] = [running[1], undefined];
    else if (line.startsWith(" ")) continue; // a step
    else if (RESULT_LINE.test(line)) test = undefined;
    else if (line.endsWith(" ...") || line.endsWith(" ... ")) test = line.slice(0, line.lastIndexOf(" ..."));
  }
  return test === undefined ? file : `${file}: ${test}`;
}

/** The last lines of an output, for a command that reports no tests. Pure. */
export function lastLines(output: string): string[] {
  return withoutColours(output).split("\n").filter((line) => line.trim() !== "").slice(-ERROR_LINES)
    .map((line) => line.slice(0, LINE_CHARACTERS));
}

function errorFrom(lines: readonly string[], start: number): string[] {
  const error: string[] = [];
  for (const line of lines.slice(start)) {
    if (STACK_FRAME.test(line) || BLOCK_START.test(line) || error.length === ERROR_LINES) break;
    if (line.trim() !== "") error.push(line.trimEnd().slice(0, LINE_CHARACTERS));
  }
  return error;
}
