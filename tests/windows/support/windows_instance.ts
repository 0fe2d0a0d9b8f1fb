import { join } from "node:path";
import { REPOSITORY } from "../../support/repository.ts";
import type { CommandResult } from "../../support/run_command.ts";
import { exists } from "../../support/test_rootfs.ts";
import { installDocker, type WindowsDocker } from "./windows_docker.ts";
import { openWindowsMachine, type WindowsMachine } from "./windows_machine.ts";

/** Milliseconds for a first start: unpacking the runtime and importing both distros. */
const START_MILLISECONDS = 240_000;
/** Characters of each log that are shown after a failure. */
const LOG_CHARACTERS = 4_000;

/** A Windows with docker.exe, and windlass.exe to be called there. */
export interface WindowsInstance extends AsyncDisposable {
  readonly machine: WindowsMachine;
  readonly docker: WindowsDocker;
  /** Runs windlass.exe; a failure is a result like another. */
  attempt(args: readonly string[]): Promise<CommandResult>;
  /** Runs windlass.exe and returns its trimmed stdout. @throws {Error} with the logs when it fails. */
  run(args: readonly string[]): Promise<string>;
}

/** The executable that the suites try: `WINDLASS_EXE_UNDER_TEST`, or the built one. A path of this machine. */
export async function windowsExecutable(): Promise<string> {
  const path = Deno.env.get("WINDLASS_EXE_UNDER_TEST") ?? join(REPOSITORY, "dist", "windlass.exe");
  if (!await exists(path)) {
    throw new Error(`Cannot start Windlass: '${path}' is missing: run 'deno task build'`);
  }
  return path;
}

/** Opens a machine and starts nothing. Disposal ends whatever was started. */
export async function openWindowsInstance(): Promise<WindowsInstance> {
  await using owned = new AsyncDisposableStack();
  const machine = owned.use(await openWindowsMachine());
  const { wine } = machine;
  const program = wine.toWindows(await windowsExecutable());
  const docker = await installDocker(wine);
  const attempt = (args: readonly string[]) =>
    wine.run({ program, args }, { deadlineMilliseconds: START_MILLISECONDS });
  const stack = owned.move();
  return {
    machine,
    docker,
    attempt,
    async run(args) {
      const { code, stdout, stderr } = await attempt(args);
      if (code === 0) return stdout.trim();
      const logs = await lastLogs(join(wine.profile, "AppData/Local/Windlass/logs"));
      throw new Error(
        `Cannot run 'windlass.exe ${args.join(" ")}': exit code ${code}: ${stderr}${stdout}${logs}`,
      );
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** As {@linkcode openWindowsInstance}, with `windlass start` done. */
export async function startWindowsInstance(): Promise<WindowsInstance> {
  await using owned = new AsyncDisposableStack();
  const instance = owned.use(await openWindowsInstance());
  await instance.run(["start"]);
  const stack = owned.move();
  return { ...instance, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function lastLogs(folder: string): Promise<string> {
  let text = "";
  try {
    for await (const entry of Deno.readDir(folder)) {
      text += `\n--- ${entry.name}\n${
        (await Deno.readTextFile(join(folder, entry.name))).slice(-LOG_CHARACTERS)
      }`;
    }
  } catch {
    text += `\n--- no logs in ${folder}`;
  }
  return text;
}
