import { join, resolve } from "node:path";
import { type Machine, THIS_MACHINE } from "./company_network/machine.ts";
import { eventually } from "./eventually.ts";
import { kernelTraces } from "./host_traces.ts";
import { processesOfInstance } from "./process_tree.ts";
import { REPOSITORY } from "./repository.ts";
import { type CommandResult, runChecked, runCommand, type RunOptions } from "./run_command.ts";
import { openTemporaryFolder } from "./temporary_folder.ts";
import { exists } from "./test_rootfs.ts";

/** Milliseconds for a first start: both distros are imported then, by several instances at a time on a busy machine. */
const START_MILLISECONDS = 300_000;
/** Milliseconds in which nothing of an instance that was uninstalled may be left. */
const END_MILLISECONDS = 60_000;
/** Lines of each log that are shown after a failure. */
const LOG_LINES_SHOWN = 40;
/** Characters of a log line that are shown. */
const LOG_LINE_CHARACTERS = 300;

/** What `windlass status --json` prints, as far as the tests look at it. */
export interface InstanceStatus {
  readonly version: string;
  readonly host: { readonly pid: number | null };
  readonly engine: {
    readonly state: string;
    readonly dockerHost: string;
    readonly dockerVersion?: string | null;
    readonly keptBy: readonly { readonly what: string }[];
    readonly stopsAt: string | null;
  };
  readonly distro: { readonly name: string; readonly rootfs: string };
}

/** An installed Windlass whose state is in a folder of its own. */
export interface WindlassInstance extends AsyncDisposable {
  readonly home: string;
  readonly executable: string;
  /** Runs `windlass ...args`; a failure is a result like another. */
  attempt(args: readonly string[], options?: RunOptions): Promise<CommandResult>;
  /** Runs `windlass ...args` and returns its trimmed stdout. @throws {Error} when it fails. */
  run(args: readonly string[], options?: RunOptions): Promise<string>;
  status(): Promise<InstanceStatus>;
  /** The last lines of each of its logs. */
  logs(): Promise<string>;
}

/** How an instance is opened. */
export interface WindlassInstanceOptions {
  /** A folder to use as `WINDLASS_HOME`, not removed at the end; without it, a temporary one. */
  readonly home?: string;
  /** The executable, where it is not the one under test. */
  readonly executable?: string;
  readonly env?: Record<string, string>;
  /** Where it runs, and its commands with it. @default {THIS_MACHINE} */
  readonly machine?: Machine;
  /** How many files each process of the instance may have open; as many as those of the tests, if absent. */
  readonly descriptors?: number;
}

/** The executable that the suites try: `WINDLASS_EXECUTABLE_UNDER_TEST`, or the built one. */
export function executableUnderTest(): string {
  return resolve(REPOSITORY, Deno.env.get("WINDLASS_EXECUTABLE_UNDER_TEST") ?? join("dist", "windlass"));
}

/** The proxy of the machine that runs the tests has no part in them. */
const NO_PROXIES = Object.fromEntries(
  ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [
    [name, ""],
    [name.toLowerCase(), ""],
  ]),
);

/**
 * Opens a place for an instance and starts nothing. Disposal uninstalls it, and fails when a process of it
 * is left over then (which it ends first), or a mount, an interface, a rule or a control group.
 */
export async function openWindlassInstance(options: WindlassInstanceOptions = {}): Promise<WindlassInstance> {
  const executable = options.executable ?? executableUnderTest();
  if (!await exists(executable)) {
    throw new Error(`Cannot start Windlass: '${executable}' is missing: run 'deno task build'`);
  }
  await using owned = new AsyncDisposableStack();
  const home = options.home ?? owned.use(await openTemporaryFolder("windlass-home")).path;
  const env = { ...NO_PROXIES, ...options.env, WINDLASS_HOME: home };
  const withEnvironment = (run: RunOptions = {}): RunOptions => ({
    deadlineMilliseconds: START_MILLISECONDS,
    ...run,
    env: { ...env, ...run.env },
  });
  const { descriptors, machine = THIS_MACHINE } = options;
  const limited = descriptors === undefined
    ? [executable]
    : ["sh", "-c", `ulimit -n ${descriptors} && exec "$0" "$@"`, executable];
  const command = (args: readonly string[], run?: RunOptions) =>
    machine.enter([...limited, ...args], run?.cwd);
  owned.defer(() => removeInstance({ executable, home, env, machine }));
  const stack = owned.move();
  return {
    home,
    executable,
    attempt: (args, run) => runCommand(command(args, run), withEnvironment(run)),
    run: async (args, run) => (await runChecked(command(args, run), withEnvironment(run))).stdout.trim(),
    status: async () => {
      const { stdout } = await runChecked(command(["status", "--json"]), withEnvironment());
      return JSON.parse(stdout);
    },
    logs: () => lastLogLines(join(home, "logs")),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** A started instance. */
export interface StartedWindlass extends WindlassInstance {
  readonly dockerHost: string;
  readonly socketPath: string;
}

/** As {@linkcode openWindlassInstance}, and runs `windlass start`. A failure shows the logs. */
export async function startWindlass(options: WindlassInstanceOptions = {}): Promise<StartedWindlass> {
  await using owned = new AsyncDisposableStack();
  const instance = owned.use(await openWindlassInstance(options));
  try {
    await instance.run(["start"]);
    const { dockerHost } = (await instance.status()).engine;
    const stack = owned.move();
    return {
      ...instance,
      dockerHost,
      socketPath: dockerHost.replace(/^unix:\/\//, ""),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${await instance.logs()}`, { cause: error });
  }
}

async function removeInstance(
  { executable, home, env, machine }: {
    readonly executable: string;
    readonly home: string;
    readonly env: Record<string, string>;
    readonly machine: Machine;
  },
): Promise<void> {
  const uninstalled = await runCommand(machine.enter([executable, "uninstall", "--yes"]), { env })
    .catch((error: Error) => error);
  const leftover = await eventually(async () => {
    const found = await processesOfInstance(home);
    if (found.length > 0) throw new Error("processes are left");
    return found;
  }, END_MILLISECONDS).catch(() => processesOfInstance(home));
  for (const process of leftover) endQuietly(process.pid);
  if (uninstalled instanceof Error) throw uninstalled;
  if (uninstalled.code !== 0) {
    throw new Error(
      `Cannot uninstall the instance in '${home}': ${uninstalled.stderr || uninstalled.stdout}`,
    );
  }
  if (leftover.length > 0) {
    const list = leftover.map((process) => `${process.pid} ${process.arguments.join(" ") || process.name}`);
    throw new Error(`Cannot uninstall the instance in '${home}': processes are left:\n${list.join("\n")}`);
  }
  // The kernel gives up a namespace and its groups a moment after the last process in them.
  await eventually(async () => {
    const traces = await kernelTraces(home, machine);
    if (traces.length > 0) {
      throw new Error(`Cannot uninstall the instance in '${home}': this is left:\n${traces.join("\n")}`);
    }
  }, END_MILLISECONDS);
}

function endQuietly(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

async function lastLogLines(folder: string): Promise<string> {
  const parts: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.isFile) continue;
      const lines = (await Deno.readTextFile(join(folder, entry.name))).trimEnd().split("\n");
      const last = lines.slice(-LOG_LINES_SHOWN).map((line) => line.slice(0, LOG_LINE_CHARACTERS));
      parts.push(`--- ${entry.name}`, ...last);
    }
  } catch {
    parts.push(`--- no logs in ${folder}`);
  }
  return parts.join("\n");
}
