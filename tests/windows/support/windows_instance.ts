import { join } from "node:path";
import { REPOSITORY } from "../../support/repository.ts";
import type { CommandResult } from "../../support/run_command.ts";
import { exists } from "../../support/test_rootfs.ts";
import type { WindowsProgram, Wine } from "./wine.ts";
import { installDocker, type WindowsDocker } from "./windows_docker.ts";
import { openWindowsMachine, type WindowsMachine } from "./windows_machine.ts";

/** Milliseconds for a first start: unpacking the runtime and importing both distros, far above what load causes. */
export const START_MILLISECONDS = 600_000;
/** Characters of each log that are shown after a failure. */
const LOG_CHARACTERS = 4_000;

/** A Windows with docker.exe, and windlass.exe to be called there. */
export interface WindowsInstance extends AsyncDisposable {
  /** Its `wine` runs programs for the user of the instance. */
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

/** How an instance is opened. */
export interface WindowsInstanceOptions {
  /** The name of the user whose profile it uses; that of the machine without it. */
  readonly user?: string;
  /** Path of windlass.exe on this machine, where it is not the one under test. */
  readonly executable?: string;
}

/** Opens a machine and starts nothing. Disposal ends whatever was started. */
export async function openWindowsInstance(options: WindowsInstanceOptions = {}): Promise<WindowsInstance> {
  await using owned = new AsyncDisposableStack();
  const opened = owned.use(await openWindowsMachine());
  const machine = options.user === undefined
    ? opened
    : { ...opened, wine: await wineOfUser(opened.wine, options.user) };
  const { wine } = machine;
  const program = wine.toWindows(options.executable ?? await windowsExecutable());
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

/** The same Windows, whose programs find a profile of that name, as empty as Windows makes it. */
export async function wineOfUser(wine: Wine, user: string): Promise<Wine> {
  const profile = join(wine.driveC, "users", user);
  await Deno.mkdir(join(profile, "AppData", "Local", "Temp"), { recursive: true });
  await Deno.mkdir(join(profile, "AppData", "Roaming"), { recursive: true });
  const script = join(import.meta.dirname!, "as_user.ts");
  const wrapped = ({ program, args = [], ...others }: WindowsProgram): WindowsProgram => {
    const outer = wine.denoScript(script, [wine.toWindows(profile), program, ...args]);
    return { ...others, ...outer, environment: { ...outer.environment, ...others.environment } };
  };
  return {
    ...wine,
    profile,
    command: (program) => wine.command(wrapped(program)),
    run: (program, options) => wine.run(wrapped(program), options),
    start: (program) => wine.start(wrapped(program)),
    spawn: (program, streams) => wine.spawn(wrapped(program), streams),
  };
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
