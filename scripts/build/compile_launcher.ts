import { clearChecksum } from "../../src/payload/pe_layout.ts";
import { compileZstdDecoder } from "./compile_zstd_decoder.ts";
import { compileResources } from "./compile_resources.ts";
import { runTool } from "./run_tool.ts";
import { COMPILER, type TargetSystem } from "./toolchain.ts";

const FOLDER = new URL("../../src/launcher/", import.meta.url).pathname;
/** Same sources, same bytes: no build id, no time, no symbols. */
const COMMON_FLAGS = ["-static", "-O2", "-s", "-Wall", "-Wextra", "-Werror"];
const FLAGS: Record<TargetSystem, readonly string[]> = {
  linux: [...COMMON_FLAGS, "-D_GNU_SOURCE", "-Wl,--build-id=none"],
  windows: [
    ...COMMON_FLAGS,
    "-D_WIN32_WINNT=0x0A00",
    "-mconsole",
    "-Wl,--dynamicbase,--high-entropy-va,--nxcompat,--no-insert-timestamp",
  ],
};
const LIBRARIES: Record<TargetSystem, readonly string[]> = { linux: [], windows: ["-ladvapi32"] };

/** How a launcher is compiled. */
export interface CompileLauncherOptions {
  readonly system: TargetSystem;
  /** Keeps the compiled decoder between builds. */
  readonly cacheDirectory: string;
  readonly signal?: AbortSignal;
}

/**
 * Compiles the launcher for x64 to the file `output`. Files are named relative to their folder, so that the path of the checkout
 * does not affect the result.
 */
export async function compileLauncher(output: string, options: CompileLauncherOptions): Promise<void> {
  const { system, cacheDirectory, signal } = options;
  const sources = [...await sourcesIn(""), ...await sourcesIn(`${system}/`)];
  await using cleanup = new AsyncDisposableStack();
  const objects: string[] = [];
  if (system === "windows") {
    const resources = `${output}.resources.o`;
    cleanup.defer(() => Deno.remove(resources).catch(() => {}));
    await compileResources(resources, signal);
    objects.push(resources);
  }
  const decoder = await compileZstdDecoder(system, cacheDirectory, signal);
  const inputs = [...sources, ...objects, decoder.library, ...LIBRARIES[system]];
  const command = [COMPILER[system], ...FLAGS[system], `-I${decoder.headers}`, "-o", output, ...inputs];
  await runTool(command, { cwd: FOLDER, ...(signal ? { signal } : {}) });
  if (system === "windows") {
    const bytes = await Deno.readFile(output);
    clearChecksum(bytes); // the whole file's would be another one; a signer fills it in
    await Deno.writeFile(output, bytes);
  }
}

/** The C files of a folder of the launcher, in a fixed order. */
async function sourcesIn(folder: string): Promise<readonly string[]> {
  const names = await Array.fromAsync(Deno.readDir(FOLDER + folder), ({ name }) => name);
  return names.filter((name) => name.endsWith(".c")).sort().map((name) => folder + name);
}
