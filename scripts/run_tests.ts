/**
 * Runs the test suites: gate, unit tests and build, then the test files of all other suites side by side. Shows the output of
 * each file whole when it ends, and closes with the times, the failures and "N passed, N failed". A gate such as
 * the formatter counts as one test.
 */
import { runInGroup } from "./testing/run_in_group.ts";
import { suitesForChanges } from "./testing/changed_tests.ts";
import { startSetUps } from "./testing/suite_set_up.ts";
import { type TestFile, testFilesOf } from "./testing/test_files.ts";
import { closingLines, type FileTime, fileTimes, timeLines, totalOf } from "./testing/test_report.ts";
import { resultOf, type TestResult } from "./testing/test_result.ts";
import { runFiles } from "./testing/test_schedule.ts";
import { chosenSuites, TEST_SUITES, type TestSuite } from "./testing/test_suites.ts";

/** A command or file that takes longer than this hangs: the longest one takes a few minutes on two idle cores. */
const LIMIT_MINUTES = 20;

/** Files at once. More than processors, since most files wait for an engine half of their time. */
const SLOTS_PER_PROCESSOR = 1.5;

/** The times of the last run of this checkout, and those that are committed for a fresh one. */
const TIMES_FILE = "dist/test-times.json";
const COMMITTED_TIMES = new URL("./testing/expected_seconds.json", import.meta.url);

/** The exit code of a shell's command that Ctrl-C has ended. */
const INTERRUPTED = 130;

/** The results of the commands of all suites: the gate, the unit tests and the build leave each other processors. */
async function runCommands(suites: readonly TestSuite[], signal: AbortSignal): Promise<TestResult[]> {
  const runs = suites.flatMap(({ name, commands = [] }) =>
    commands.map(async (command) => {
      const words = command.slice(1).join(" ");
      const started = Date.now();
      const ended = await runInGroup(command, { limitMilliseconds: LIMIT_MINUTES * 60_000, signal });
      const seconds = (Date.now() - started) / 1000;
      console.log(`\n--- ${name}: ${words}: ${seconds.toFixed(1)} s\n${ended.output.trimEnd()}`);
      return resultOf({ suite: name, name: words, seconds, minutes: LIMIT_MINUTES }, ended);
    })
  );
  return await Promise.all(runs);
}

async function runFile(
  { suite, path }: TestFile,
  checked: boolean,
  signal: AbortSignal,
): Promise<TestResult> {
  const command = [Deno.execPath(), "test", "-A", "--quiet", ...(checked ? ["--no-check"] : []), path];
  const started = Date.now();
  const ended = await runInGroup(command, { limitMilliseconds: LIMIT_MINUTES * 60_000, signal });
  const seconds = (Date.now() - started) / 1000;
  console.log(`\n--- ${path}: ${seconds.toFixed(1)} s\n${ended.output.trimEnd()}`);
  return resultOf({ suite, name: path, seconds, minutes: LIMIT_MINUTES }, ended);
}

/** The results of the test files of all suites. */
async function runTestFiles(suites: readonly TestSuite[], signal: AbortSignal): Promise<TestResult[]> {
  const results: TestResult[] = [];
  const ready = new Map<string, Promise<boolean>>();
  for (const [suite, setUp] of startSetUps(suites, signal)) {
    ready.set(
      suite,
      setUp.then(({ seconds, ...ended }) => {
        console.log(`\n--- ${suite}: set-up: ${seconds.toFixed(1)} s\n${ended.output.trimEnd()}`);
        const result = resultOf(
          { suite, name: `set-up of ${suite}`, seconds, minutes: LIMIT_MINUTES },
          ended,
        );
        if (!ended.success) results.push(result);
        return ended.success;
      }),
    );
  }
  const checked = suites.some(({ name }) => name === "gate"); // it has checked the types of all files
  const slots = Math.max(1, Math.round(navigator.hardwareConcurrency * SLOTS_PER_PROCESSOR));
  await runFiles(await testFilesOf(suites, await expectedSeconds()), {
    slots,
    ready,
    async run(file, waiting) {
      console.log(`... ${file.path} (${waiting} waiting)`);
      results.push(await runFile(file, checked, signal));
    },
  });
  return results;
}

/** How long each file is expected to take: as in the last run, or as committed. */
async function expectedSeconds(): Promise<Record<string, number>> {
  const expected = JSON.parse(await Deno.readTextFile(COMMITTED_TIMES)) as Record<string, number>;
  try {
    const { files } = JSON.parse(await Deno.readTextFile(TIMES_FILE)) as { files: FileTime[] };
    for (const { file, seconds } of files) expected[file] = seconds;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // the first run
  }
  return expected;
}

async function writeTimes(times: readonly FileTime[], minutes: number): Promise<void> {
  await Deno.mkdir("dist", { recursive: true });
  await Deno.writeTextFile(TIMES_FILE, `${JSON.stringify({ minutes, files: times }, null, 2)}\n`);
}

/** Ends what runs with us: the suites have process groups of their own, which Ctrl-C does not reach. */
function abortOnSignals(): AbortSignal {
  const ended = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(name, () => {
      ended.abort();
      Deno.exit(INTERRUPTED);
    });
  }
  return ended.signal;
}

async function main(words: readonly string[]): Promise<number> {
  const [option, revision, ...more] = words;
  if (option === "--changed" && more.length > 0) {
    throw new Error("Cannot run --changed: it takes one revision");
  }
  const suites = option === "--changed" ? await suitesForChanges(TEST_SUITES, revision) : chosenSuites(words);
  const signal = abortOnSignals();
  const started = Date.now();
  // What computes comes first; the test files wait more than they compute.
  const results = await runCommands(suites, signal);
  const ofFiles = await runTestFiles(suites, signal);
  for (const { name } of suites) results.push(...ofFiles.filter(({ suite }) => suite === name));
  const minutes = (Date.now() - started) / 60_000;
  const times = fileTimes(results);
  await writeTimes(times, minutes);
  console.log(
    `\nTimes of ${minutes.toFixed(1)} minutes (all in ${TIMES_FILE}):\n${timeLines(times).join("\n")}`,
  );
  console.log(`\n${closingLines(results).join("\n")}`);
  return totalOf(results).failed === 0 ? 0 : 1;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(2);
  }
}
