/** A suite of `scripts/test`: commands that run one after the other, or folders of test files that run side by side. */
export interface TestSuite {
  readonly name: string;
  readonly commands?: readonly (readonly string[])[];
  /** All `*_test.ts` below them belong to the suite. */
  readonly folders?: readonly string[];
  /** Only these of its files run; all of them, if absent. */
  readonly files?: readonly string[];
  /** Runs files that are added to it in one process, for a suite with `commands`. */
  readonly filesCommand?: readonly string[];
  /** Files of the suite at once, besides those of others; without it, as many as there are slots. */
  readonly atOnce?: number;
  /** Fetches and builds what is kept between runs. It runs beside other suites' files, and before the suite's first. */
  readonly setUp?: readonly string[];
}

const deno = Deno.execPath();

/** Each file has a Windows of its own, with a dozen processes. */
const WINDOWS_AT_ONCE = 2;

/** What `deno task ok` runs besides the unit tests. */
const GATES = [
  "check",
  "format",
  "lint",
  "layout",
  "imports",
  "c-style",
  "prose",
  "mentions",
  "picture",
  "performance-check",
];

/** All suites, in the order in which their results are listed. */
export const TEST_SUITES: readonly TestSuite[] = [
  {
    name: "gate",
    commands: GATES.map((name) => [deno, "task", "--quiet", name]),
  },
  {
    name: "unit",
    commands: [[deno, "task", "--quiet", "test"]],
    folders: ["src", "scripts", "distro", "tests/bench"],
    filesCommand: [deno, "test", "-A", "--parallel", "--no-check"],
  },
  { name: "build", commands: [[deno, "task", "--quiet", "build"]] },
  { name: "end_to_end", folders: ["tests/end_to_end"] },
  { name: "docker", folders: ["tests/docker"] },
  { name: "fault", folders: ["tests/fault"] },
  { name: "hostile", folders: ["tests/hostile"] },
  {
    name: "windows",
    folders: ["tests/windows"],
    atOnce: WINDOWS_AT_ONCE,
    setUp: [deno, "run", "-A", "tests/windows/set_up.ts"],
  },
];

/** Options that stand for several suites. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = { "--windows": ["build", "windows"] };

/**
 * The suites that the words name, each once and in their order; all of them if there are no words. Pure.
 *
 * @throws {Error} for a word that names no suite.
 */
export function chosenSuites(words: readonly string[]): TestSuite[] {
  const names = words.flatMap((word) => OPTIONS[word] ?? [word]);
  const known = TEST_SUITES.map((suite) => suite.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`Cannot run suite ${unknown.join(", ")}: the suites are ${known.join(", ")}`);
  }
  return TEST_SUITES.filter(({ name }) => names.length === 0 || names.includes(name));
}
