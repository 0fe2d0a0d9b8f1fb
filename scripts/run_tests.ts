/**
 * Runs the test suites in order, shows their output as it comes, and closes with "N passed, N failed". A gate
 * such as the formatter counts as one test. A suite that ends badly without a count is one failure.
 */

/** A test of a suite that takes longer than this hangs; the suite is ended and counts as failed. */
const SUITE_MILLISECONDS = 40 * 60_000;

/** Files of the Windows suite at once. Each has a Windows of its own, and much of its time is waiting. */
const WINDOWS_JOBS = 2;

interface Suite {
  readonly name: string;
  readonly commands: readonly (readonly string[])[];
}

const deno = Deno.execPath();
const test = (...paths: string[]) => [deno, "test", "-A", "--quiet", ...paths];

const SUITES: readonly Suite[] = [
  {
    name: "gate",
    commands: [
      [deno, "fmt", "--check", "--quiet"],
      [deno, "lint", "--quiet"],
      [deno, "task", "--quiet", "check"],
      [deno, "run", "-A", "scripts/check_layout.ts"],
      [deno, "run", "-A", "scripts/check_imports.ts"],
    ],
  },
  { name: "unit", commands: [[deno, "task", "--quiet", "test"]] },
  { name: "build", commands: [[deno, "task", "--quiet", "build"]] },
  { name: "end_to_end", commands: [test("tests/end_to_end")] },
  { name: "docker", commands: [test("tests/docker")] },
  { name: "fault", commands: [test("tests/fault")] },
  {
    name: "windows",
    commands: [["env", `DENO_JOBS=${WINDOWS_JOBS}`, ...test("--parallel", "tests/windows")]],
  },
];

/** What an option stands for: the suites that it needs. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = { "--windows": ["build", "windows"] };

/** The names of the suites to run, each once and in their order; all of them if none is named. */
export function chosenSuites(words: readonly string[]): string[] {
  const names = words.flatMap((word) => OPTIONS[word] ?? [word]);
  const known = SUITES.map((suite) => suite.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`Cannot run suite ${unknown.join(", ")}: there are ${known.join(", ")}`);
  }
  return known.filter((name) => names.length === 0 || names.includes(name));
}

/** What `deno test` says in its last line, such as "ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)". */
export function countsOf(output: string): { passed: number; failed: number; ignored: number } | undefined {
  // deno-lint-ignore no-control-regex
  const plain = output.replaceAll(/\u001b\[[0-9;]*m/g, "");
  const line = [
    ...plain.matchAll(/^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed(?:.*? \| (\d+) ignored)?/gm),
  ].at(-1);
  if (line === undefined) return undefined;
  return { passed: Number(line[1]), failed: Number(line[2]), ignored: Number(line[3] ?? 0) };
}

async function run(command: readonly string[]): Promise<{ success: boolean; output: string }> {
  const child = new Deno.Command(command[0]!, { args: command.slice(1), stdout: "piped", stderr: "inherit" })
    .spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), SUITE_MILLISECONDS);
  const decoder = new TextDecoder();
  let output = "";
  for await (const chunk of child.stdout) {
    await Deno.stdout.write(chunk);
    output += decoder.decode(chunk, { stream: true });
  }
  const { success } = await child.status;
  clearTimeout(timer);
  return { success, output };
}

if (import.meta.main) {
  let names: string[];
  try {
    names = chosenSuites(Deno.args);
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(2);
  }
  const chosen = SUITES.filter((suite) => names.includes(suite.name));
  const total = { passed: 0, failed: 0, ignored: 0 };
  const lines: string[] = [];
  for (const suite of chosen) {
    for (const command of suite.commands) {
      const started = Date.now();
      console.log(`\n--- ${suite.name}: ${command.slice(1).join(" ")}`);
      const { success, output } = await run(command);
      const counted = countsOf(output) ?? { passed: success ? 1 : 0, failed: 0, ignored: 0 };
      // A suite that counts no failure but ends badly (a crash, a leak after the last test) has failed.
      if (!success && counted.failed === 0) counted.failed = 1;
      total.passed += counted.passed;
      total.failed += counted.failed;
      total.ignored += counted.ignored;
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      const label = suite.commands.length > 1 ? `${suite.name}: ${command.slice(1).join(" ")}` : suite.name;
      lines.push(
        `${
          success ? "ok    " : "FAILED"
        } ${label} (${counted.passed} passed, ${counted.failed} failed, ${seconds} s)`,
      );
    }
  }
  console.log(`\n${lines.join("\n")}\n`);
  console.log(
    `${total.passed} passed, ${total.failed} failed${total.ignored > 0 ? `, ${total.ignored} skipped` : ""}`,
  );
  Deno.exit(total.failed === 0 ? 0 : 1);
}
