import { join } from "node:path";
import type { Wsl } from "../../src/wsl/wsl.ts";
import { compileWorkspaceTool } from "../../distro/workspace_tool.ts";
import { bundleProgram } from "../../scripts/build/bundle_program.ts";
import { createLinuxWsl } from "./linux_wsl.ts";
import { cachePath } from "./repository.ts";
import { runChecked } from "./run_command.ts";

/** Name of the distro in {@linkcode EngineDistro}. */
export const ENGINE_DISTRO = "windlass";

/** The engine distro in a `wsl` for Linux of its own, with the agent as it is in the checkout, and no host. */
export interface EngineDistro extends AsyncDisposable {
  readonly wsl: Wsl;
  /** A folder for more distros, which ends with this one. */
  readonly home: string;
  /** Runs a script in the distro and returns its trimmed stdout. @throws {Error} when it fails. */
  script(text: string): Promise<string>;
}

/** Imports the engine distro from the built image. Its data is a folder of its own, mounted where data belongs. */
export async function openEngineDistro(): Promise<EngineDistro> {
  await using making = new AsyncDisposableStack();
  const { home, wsl } = making.use(await createLinuxWsl());
  const source = await engineArchive(home);
  await wsl.import({ name: ENGINE_DISTRO, directory: join(home, "engine"), source });
  const script = (text: string) => runScript(wsl, ENGINE_DISTRO, text);
  await script("mkdir -p /var/data /mnt/wsl/windlass-data && mount --bind /var/data /mnt/wsl/windlass-data");
  const made = making.move();
  return { wsl, home, script, [Symbol.asyncDispose]: () => made.disposeAsync() };
}

/**
 * Keeps a distro running until disposal. Without a program it ends after some seconds, with what is mounted in it: on a
 * slow machine between two commands of a test.
 */
export function keepRunning(wsl: Pick<Wsl, "spawn">, distro: string): AsyncDisposable {
  return wsl.spawn({ distro, argv: ["/bin/sleep", "1000000"], onStderrLine: () => {} });
}

/** Runs a script in a distro and returns its trimmed stdout. @throws {Error} when it fails. */
export async function runScript(wsl: Pick<Wsl, "run">, distro: string, text: string): Promise<string> {
  const result = await wsl.run({ distro, argv: ["/bin/sh", "-c", text] });
  if (result.exitCode !== 0) {
    throw new Error(`script ended with ${result.exitCode}: ${text}\n${result.stdout}${result.stderr}`);
  }
  return result.stdout.trim();
}

/** The engine's archive with the agent as it is in the checkout; what is made for it goes below `folder`. */
export async function engineArchive(folder: string): Promise<ReadableStream<Uint8Array>> {
  const program = join(folder, "program");
  const files = join(program, "usr/lib/windlass");
  await Deno.mkdir(files, { recursive: true });
  await bundleProgram({ entry: "src/agent/main.ts", output: join(files, "agent.js") });
  await Deno.copyFile(Deno.execPath(), join(files, "deno"));
  await compileWorkspaceTool(join(files, "workspace"));
  for (const name of ["agent", "engine-network.sh", "rehearse"]) {
    await Deno.copyFile(join("distro/overlay/usr/lib/windlass", name), join(files, name));
  }
  const added = join(folder, "program.tar");
  await runChecked(["tar", "-C", program, "--owner=0", "--group=0", "-cf", added, "usr"]);
  await Deno.remove(program, { recursive: true });
  return joined([cachePath("image", "rootfs.tar"), added]);
}

/** The image's archive has no end-of-archive blocks, so that others can follow. */
async function* pieces(paths: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const path of paths) yield* (await Deno.open(path)).readable;
}

function joined(paths: readonly string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(pieces(paths));
}
