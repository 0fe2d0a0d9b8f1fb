/** Executables for the tests: made by the build's own functions, small and quick to start. */
import { assembleExecutable } from "../../../scripts/build/assemble_executable.ts";
import { bundleInParts } from "../../../scripts/build/bundle_program.ts";
import { compiledLauncher } from "../../support/compile_once.ts";
import { type ComponentSource, componentSource } from "../../../scripts/build/component_source.ts";

const ROOT = new URL("../../..", import.meta.url).pathname;
const CACHE = Deno.env.get("WINDLASS_CACHE") ?? `${ROOT}.cache`;
/** Enough that unpacking takes some tens of milliseconds, so that a kill hits it. */
const PADDING_BYTES = 48 * 1024 * 1024;

/** Of `run --option --option program argument`, leaves the program and its arguments. */
const SKIP_TO_PROGRAM = 'shift; while [ "${1#-}" != "$1" ]; do shift; done';

/** Stands for the runtime: prints arguments and environment, ends with the code that the first argument asks for. */
const STAND_IN = `#!/bin/sh
${SKIP_TO_PROGRAM}
shift
printf '%s|' "$WINDLASS_EXECUTABLE" "$DENO_DIR" "$DENO_NO_UPDATE_CHECK" "$DENO_TLS_CA_STORE" "$WINDLASS_WSL_HELPER" "$@"
exit "\${1:-0}"
`;

/** Says which version runs: `<id>|<WINDLASS_TRIAL>|<text of the program>|<arguments>`. Ends with 0. */
const VERSION_STAND_IN = `#!/bin/sh
${SKIP_TO_PROGRAM}
program=$(cat "$1")
shift
printf '%s|%s|%s|%s' "$WINDLASS_VERSION_ID" "\${WINDLASS_TRIAL-unset}" "$program" "$*"
`;

/** What a started executable did. */
export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with an executable and room for homes; all of it is removed on disposal. */
export interface SmallExecutable extends AsyncDisposable {
  readonly path: string;
  /** Temporary, writable, empty but for the executable. */
  readonly folder: string;
  /** A path in the folder where nothing is yet. */
  newHome(): string;
  /** Runs it to its end. */
  run(home: string, args?: readonly string[], options?: RunOptions): Promise<RunResult>;
}

/** Changes to how an executable is run. */
export interface RunOptions {
  /** Runs this file instead. */
  readonly path?: string;
  readonly cwd?: string;
  /** Words before the executable, such as another program that runs it. */
  readonly wrapper?: readonly string[];
}

/** An executable whose runtime is a shell script with a long tail. */
export async function makeShellExecutable(): Promise<SmallExecutable> {
  return await make(async (folder) => {
    const padding = new Uint8Array(PADDING_BYTES);
    for (let place = 0; place < PADDING_BYTES; place += 65_536) {
      crypto.getRandomValues(padding.subarray(place, place + 32_768)); // half of it does not compress
    }
    await Deno.writeTextFile(`${folder}/deno`, STAND_IN);
    await Deno.writeFile(`${folder}/deno`, padding, { append: true });
    await Deno.writeTextFile(`${folder}/app`, "the program\n".repeat(1_000));
    await Deno.writeTextFile(`${folder}/wsl-helper`, "#!/bin/sh\n");
    return [
      componentSource("deno", `${folder}/deno`),
      componentSource("app", `${folder}/app`),
      componentSource("wsl-helper", `${folder}/wsl-helper`),
    ];
  });
}

/** A small executable that says which version of it runs; the text `program` stands for its own program. */
export async function makeVersionExecutable(program = "embedded"): Promise<SmallExecutable> {
  return await make(async (folder) => {
    await Deno.writeTextFile(`${folder}/deno`, VERSION_STAND_IN);
    await Deno.writeTextFile(`${folder}/app`, program);
    return [
      componentSource("deno", `${folder}/deno`),
      componentSource("app", `${folder}/app`),
    ];
  });
}

/** An executable with the true runtime and the bundle of a small program. */
export async function makeDenoExecutable(entry: string): Promise<SmallExecutable> {
  return await make(async (folder) => {
    const program = await bundleInParts({ entry, output: `${folder}/app` });
    return [
      componentSource("deno", Deno.execPath()),
      ...program,
    ];
  }, CACHE);
}

async function make(
  prepare: (folder: string) => Promise<readonly ComponentSource[]>,
  cacheDirectory?: string,
): Promise<SmallExecutable> {
  const folder = await Deno.makeTempDir({ prefix: "windlass-executable-" });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(folder, { recursive: true }));
  const parts = `${folder}/parts`;
  const path = `${folder}/windlass`;
  await Deno.chmod(folder, 0o755);
  await Deno.mkdir(parts);
  await assembleExecutable({
    launcher: await compiledLauncher("linux"),
    components: await prepare(parts),
    compression: "quick",
    cacheDirectory: cacheDirectory ?? parts,
    output: path,
  });
  await Deno.remove(parts, { recursive: true });
  let homes = 0;
  const owned = cleanup.move();
  return {
    path,
    folder,
    newHome: () => `${folder}/home-${homes++}`,
    run: async (home, args = [], options = {}) => {
      const command = [...options.wrapper ?? [], options.path ?? path, ...args];
      const output = await new Deno.Command(command[0]!, {
        args: command.slice(1),
        clearEnv: true,
        env: { PATH: "/usr/bin:/bin", WINDLASS_HOME: home },
        stdin: "null",
        ...(options.cwd ? { cwd: options.cwd } : {}),
      }).output();
      const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
      return { code: output.code, stdout: stdout!, stderr: stderr! };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Names in a home's components folder, sorted. */
export async function componentFiles(home: string): Promise<readonly string[]> {
  return (await Array.fromAsync(Deno.readDir(`${home}/components`), ({ name }) => name)).sort();
}

/** Changes one byte of a file. */
export async function flipByte(path: string, place: number): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  const byte = new Uint8Array(1);
  await file.seek(place, Deno.SeekMode.Start);
  await file.read(byte);
  byte[0]! ^= 0x55;
  await file.seek(place, Deno.SeekMode.Start);
  await file.write(byte);
}

/** A small file system in memory at a new folder; unmounted on disposal. */
export async function mountMemory(folder: string, options: string): Promise<AsyncDisposable> {
  const run = async (program: string, ...args: string[]) => {
    const { success, stderr } = await new Deno.Command(program, { args }).output();
    if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
  };
  await Deno.mkdir(folder);
  await run("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder);
  return {
    [Symbol.asyncDispose]: async () => {
      await run("umount", folder);
      await Deno.remove(folder);
    },
  };
}
