import { dirname, join } from "node:path";
import { InteractiveProcess } from "../../support/interactive_process.ts";
import { killIfRunning } from "../../support/kill_if_running.ts";
import { cachePath } from "../../support/repository.ts";
import { type CommandResult, runChecked } from "../../support/run_command.ts";
import { END_VARIABLE, ownEnd, RECORD_END } from "./script_end.ts";
import { toLinuxPath, toWindowsPath } from "./windows_paths.ts";
import { runWindowsCommand, type WindowsRunOptions } from "./windows_run.ts";
import { createWinePrefix, WINDOWS_USER, type WinePrefix } from "./wine_prefix.ts";

/**
 * Where each prefix has deno.exe and its cache: on one drive, since Deno copies itself from one drive to the other
 * when it starts a program, and apart from what programs of a user write.
 */
export const DENO_FOLDER = "C:\\windows\\deno";

/** Milliseconds in which Windows must have started: a second on an idle machine. */
const START_MILLISECONDS = 180_000;

/** A Windows program to run. */
export interface WindowsProgram {
  /** A Windows path, or a name that Windows finds by itself, such as `reg`. */
  readonly program: string;
  readonly args?: readonly string[];
  /**
   * Added to the variables of Windows. PATH, TEMP, TMP and the profile's own are Windows' and cannot be set from
   * here, except `WINEPATH`, which goes before its PATH.
   */
  readonly environment?: Readonly<Record<string, string>>;
  /** The folder to start in, as Windows path; `C:\` without it. */
  readonly cwd?: string;
}

/** A fresh Windows with its own drive C and registry. Disposing it ends all that runs there and removes it. */
export interface Wine extends AsyncDisposable {
  /** The folder of this machine that is drive C. */
  readonly driveC: string;
  /** The user's profile, a path of this machine; `C:\users\root` inside. */
  readonly profile: string;
  readonly prefix: WinePrefix;
  /** The command of this machine that runs a program; the process that it becomes is the program's. */
  command(program: WindowsProgram): string[];
  /** Runs a program to its end. Its exit code arrives modulo 256. */
  run(program: WindowsProgram, options?: WindowsRunOptions): Promise<CommandResult>;
  /** Starts a program whose input and output the test drives. */
  start(program: WindowsProgram): InteractiveProcess;
  /** Starts a program with raw streams. The caller waits for its end. */
  spawn(
    program: WindowsProgram,
    streams?: Pick<Deno.CommandOptions, "stdin" | "stdout" | "stderr">,
  ): Deno.ChildProcess;
  /** A script of the checkout, a path of this machine, as a program of deno.exe. */
  denoScript(script: string, args?: readonly string[]): WindowsProgram;
  /** On drive C if it is below that, else on drive Z, where all of this machine is that programs see. */
  toWindows(path: string): string;
  toLinux(path: string): string;
  /** A key with all below it as text of a .reg file, such as `HKEY_CURRENT_USER\Environment`; "" if there is none. */
  exportRegistry(key: string): Promise<string>;
  /** Sets what the text of a .reg file says; its first line, which names the format, is added here. */
  importRegistry(text: string): Promise<void>;
}

/**
 * Opens a Windows that nobody has used. The first call on a machine downloads and builds for a minute.
 *
 * @example
 * ```ts
 * await using wine = await openWine();
 * const { stdout } = await wine.run({ program: "cmd", args: ["/c", "ver"] });
 * ```
 */
export async function openWine(): Promise<Wine> {
  await using owned = new AsyncDisposableStack();
  const prefix = owned.use(await createWinePrefix());
  const driveC = join(prefix.path, "drive_c");
  const toLinux = (path: string) => toLinuxPath(path, driveC);
  // They stay, so that programs need not wait for them, and so that none of them holds the output of a program.
  await runSilent(prefix.command(["wineserver", "-p"]));
  await runSilent(prefix.command(["wine", "cmd", "/c", "exit"]));

  const deno = toLinux(`${DENO_FOLDER}\\deno.exe`);
  await Deno.mkdir(dirname(deno), { recursive: true });
  await runChecked(["cp", "-L", "--link", cachePath("deno-runtime", "windows-x64", "deno.exe"), deno]);

  const command = ({ program, args = [], environment, cwd = "C:\\" }: WindowsProgram) =>
    prefix.command(["wine", program, ...args], {
      folder: toLinux(cwd),
      ...(environment ? { environment } : {}),
    });
  const run: Wine["run"] = async (program, options) => {
    const result = await runWindowsCommand(command(program), options);
    const endFile = program.environment?.[END_VARIABLE];
    return endFile === undefined ? result : await ownEnd(result, toLinux(endFile));
  };
  const stack = owned.move();
  return {
    driveC,
    profile: join(driveC, "users", WINDOWS_USER),
    prefix,
    command,
    run,
    start: (program) => new InteractiveProcess(command(program)),
    spawn: (program, streams) => {
      const [first, ...args] = command(program);
      return new Deno.Command(first!, { args, ...streams }).spawn();
    },
    denoScript: (script, args = []) => ({
      program: `${DENO_FOLDER}\\deno.exe`,
      args: [
        ...["run", "-A", "--quiet", "--no-lock", "--cached-only", `--preload=${toWindowsPath(RECORD_END)}`],
        ...[toWindowsPath(script), ...args],
      ],
      environment: {
        DENO_NO_UPDATE_CHECK: "1",
        DENO_DIR: `${DENO_FOLDER}\\cache`,
        [END_VARIABLE]: toWindowsPath(join(prefix.home, `${crypto.randomUUID()}.end`)),
      },
    }),
    toWindows: (path) => toWindowsPath(path, driveC),
    toLinux,
    exportRegistry: (key) => exportRegistry(prefix, run, key),
    importRegistry: (text) => importRegistry(prefix, run, text),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** For commands that leave processes behind, which would keep the pipes of an output open. */
async function runSilent([program, ...args]: readonly string[]): Promise<void> {
  const streams = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const child = new Deno.Command(program!, { args, ...streams }).spawn();
  const timer = setTimeout(() => killIfRunning(child), START_MILLISECONDS);
  const { code, signal } = await child.status;
  clearTimeout(timer);
  if (code !== 0) {
    throw new Error(`Cannot start Windows: '${args.join(" ")}' ended with ${signal ?? `code ${code}`}`);
  }
}

async function exportRegistry(prefix: WinePrefix, run: Wine["run"], key: string): Promise<string> {
  const file = join(prefix.home, `${crypto.randomUUID()}.reg`);
  const { code } = await run({ program: "reg", args: ["export", key, toWindowsPath(file), "/y"] });
  if (code !== 0) return "";
  const text = new TextDecoder("utf-16le").decode(await Deno.readFile(file)).replaceAll("\r\n", "\n");
  await Deno.remove(file);
  return text;
}

async function importRegistry(prefix: WinePrefix, run: Wine["run"], text: string): Promise<void> {
  const file = join(prefix.home, `${crypto.randomUUID()}.reg`);
  await Deno.writeFile(file, utf16(`Windows Registry Editor Version 5.00\r\n\r\n${text}`));
  const result = await run({ program: "reg", args: ["import", toWindowsPath(file)] });
  if (result.code !== 0) throw new Error(`Cannot import into the registry: ${result.stderr}${result.stdout}`);
  await Deno.remove(file);
}

/** With the byte order mark that tells Windows' tools the encoding. */
function utf16(text: string): Uint8Array<ArrayBuffer> {
  const units = Uint16Array.from(
    `\ufeff${text}`,
    (_, index) => index === 0 ? 0xfeff : text.charCodeAt(index - 1),
  );
  return new Uint8Array(units.buffer);
}
