/** Windows executables for the tests: made by the build's own functions, small, and started in Wine. */
import { join } from "node:path";
import { assembleExecutable } from "../../../scripts/build/assemble_executable.ts";
import { bundleInParts } from "../../../scripts/build/bundle_program.ts";
import { compiledLauncher } from "../../support/compile_once.ts";
import { type ComponentSource, componentSource } from "../../../scripts/build/component_source.ts";
import { COMPILER } from "../../../scripts/build/toolchain.ts";
import { openExecutable } from "../../../src/payload/executable.ts";
import { cachePath } from "../../support/repository.ts";
import { type CommandResult, runChecked, runCommand } from "../../support/run_command.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import type { Wine } from "../support/wine.ts";

const PROGRAMS = new URL("programs/", import.meta.url).pathname;
const FLAGS = ["-O1", "-s", "-Wall", "-Wextra", "-Werror", "-static", "-D_WIN32_WINNT=0x0A00"];
/** Enough that unpacking takes some tens of milliseconds, so that starts at once meet. */
const PADDING_BYTES = 24 * 1024 * 1024;

/** A folder with an executable and room for homes; all of it is removed on disposal. */
export interface WindowsExecutable extends AsyncDisposable {
  /** Paths of this machine. */
  readonly path: string;
  readonly folder: string;
  /** A path in the folder where nothing is yet. */
  newHome(): string;
  /** Runs it in `wine` to its end, with a home of this machine. */
  run(wine: Wine, home: string, args?: readonly string[], path?: string): Promise<CommandResult>;
  /** Has another program of Windows start it with this text behind its name, exactly as it is written. */
  start(wine: Wine, how: StartKind, options: StartOptions): Promise<StartResult>;
}

/** What is special about a start; see `executable_programs/start_program.c`. */
export type StartKind =
  | "plain"
  | "no-streams"
  | "detached"
  | "handle"
  | "kill"
  | "break-away"
  | "ctrl-c";

/** What is started. */
export interface StartOptions {
  readonly home: string;
  /** Everything behind the name of the program. */
  readonly rest: string;
  readonly stdin?: string;
  /** Whether all of it has a terminal, and with it a console. */
  readonly terminal?: boolean;
}

/** How a start went. */
export interface StartResult {
  /** Lines of `start_program.c`. */
  readonly report: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** An executable whose runtime is a small program, `executable_programs/stand_in_runtime.c`, with a long tail. */
export async function makeStandInExecutable(): Promise<WindowsExecutable> {
  return await make(async (folder) => {
    await compileProgram("stand_in_runtime", `${folder}/deno.exe`);
    const padding = new Uint8Array(PADDING_BYTES);
    for (let place = 0; place < PADDING_BYTES; place += 65_536) {
      crypto.getRandomValues(padding.subarray(place, place + 32_768)); // half of it does not compress
    }
    await Deno.writeFile(`${folder}/deno.exe`, padding, { append: true });
    await Deno.writeTextFile(`${folder}/app`, "the program\n".repeat(1_000));
    return [
      componentSource("deno", `${folder}/deno.exe`),
      componentSource("app", `${folder}/app`),
    ];
  });
}

/** The same without a tail; the text `program` stands for its program. */
export async function makeVersionExecutable(program = "embedded"): Promise<WindowsExecutable> {
  return await make(async (folder) => {
    await compileProgram("stand_in_runtime", `${folder}/deno.exe`);
    await Deno.writeTextFile(`${folder}/app`, program);
    return [
      componentSource("deno", `${folder}/deno.exe`),
      componentSource("app", `${folder}/app`),
    ];
  });
}

/** An executable with the true runtime and the bundle of a small program. */
export async function makeDenoExecutable(entry: string): Promise<WindowsExecutable> {
  const runtime = cachePath("deno-runtime", "windows-x64", "deno.exe");
  return await make(async (folder) => [
    componentSource("deno", runtime),
    ...await bundleInParts({ entry, output: `${folder}/app` }),
  ], cachePath());
}

async function make(
  prepare: (folder: string) => Promise<readonly ComponentSource[]>,
  cacheDirectory?: string,
): Promise<WindowsExecutable> {
  await using owned = new AsyncDisposableStack();
  const { path: folder } = owned.use(await openTemporaryFolder("windlass executable ü"));
  const parts = join(folder, "parts");
  const path = join(folder, "windlass.exe");
  const starter = join(folder, "start_program.exe");
  await Deno.mkdir(parts);
  await compileProgram("start_program", starter);
  await assembleExecutable({
    launcher: await compiledLauncher("windows"),
    components: await prepare(parts),
    compression: "quick",
    cacheDirectory: cacheDirectory ?? parts,
    output: path,
  });
  await Deno.remove(parts, { recursive: true });
  let homes = 0;
  const stack = owned.move();
  return {
    path,
    folder,
    newHome: () => join(folder, `home-${homes++}`),
    run: (wine, home, args = [], file = path) =>
      wine.run({
        program: wine.toWindows(file),
        args,
        environment: { WINDLASS_HOME: wine.toWindows(home) },
      }),
    start: async (wine, how, { home, rest, stdin, terminal = false }) => {
      const commandLine = await Deno.makeTempFile({ dir: folder });
      await Deno.writeTextFile(commandLine, `"${wine.toWindows(path)}"${rest}`);
      const command = wine.command({
        program: wine.toWindows(starter),
        args: [how, wine.toWindows(commandLine)],
        environment: { WINDLASS_HOME: wine.toWindows(home) },
      });
      const options = stdin === undefined ? {} : { stdin };
      const { stdout, stderr } = await runCommand(terminal ? inTerminal(command) : command, options);
      const report = await Deno.readTextFile(`${commandLine}.report`);
      return { report, stdout, stderr };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** A command that runs another one in a terminal of its own. */
export function inTerminal(command: readonly string[]): readonly string[] {
  const text = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  return ["env", "SHELL=/bin/sh", "script", "--quiet", "--return", "--command", text, "/dev/null"];
}

async function compileProgram(name: string, output: string): Promise<void> {
  await runChecked([COMPILER.windows, ...FLAGS, "-o", output, `${PROGRAMS}${name}.c`, "-lshell32"]);
}

/** Components and stamps that a home has after a start, sorted, and nothing else. */
export async function expectedFiles(executable: WindowsExecutable): Promise<readonly string[]> {
  using opened = await openExecutable(executable.path);
  return opened.components.filter(({ unpack }) => unpack).flatMap((component) => {
    const name = `${component.id}-${component.name}`;
    return [`${name}${component.executable ? ".exe" : ""}`, `${name}.stamp`];
  }).sort();
}

/** The file of this machine that a component is unpacked to. */
export async function componentPath(
  executable: WindowsExecutable,
  home: string,
  name: string,
): Promise<string> {
  using opened = await openExecutable(executable.path);
  const component = opened.component(name);
  return join(home, "components", `${component.id}-${name}${component.executable ? ".exe" : ""}`);
}

/** Names in a home's components folder, sorted. */
export async function componentFiles(home: string): Promise<readonly string[]> {
  return (await Array.fromAsync(Deno.readDir(join(home, "components")), ({ name }) => name)).sort();
}
