import { runTool } from "./run_tool.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
/** Same sources, same bytes: no build id, no symbols, no paths. An empty value equals a source's own definition. */
const FLAGS = ["-static", "-O2", "-s", "-Wall", "-D_GNU_SOURCE=", "-Wl,--build-id=none"];

/** Compiles the launcher for Linux x64 to the file `output`. */
export async function compileLauncher(output: string, signal?: AbortSignal): Promise<void> {
  const files = await sourcesIn("src/launcher", (name) => !name.endsWith("_windows.c"));
  await compile("src/launcher", [...files, "-l:libzstd.a"], { output, signal });
}

/** Compiles the native part of the Linux `wsl` to the file `output`. */
export async function compileWslHelper(output: string, signal?: AbortSignal): Promise<void> {
  const files = await sourcesIn("src/wsl/linux/native", () => true);
  await compile("src/wsl/linux/native", files, { output, signal });
}

async function sourcesIn(folder: string, isWanted: (name: string) => boolean): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(`${ROOT}${folder}`), ({ name }) => name);
  return names.filter((name) => name.endsWith(".c") && isWanted(name)).sort();
}

interface CompileOptions {
  readonly output: string;
  readonly signal: AbortSignal | undefined;
}

/** Names the files relative to their folder, so that where the checkout lies does not show in the result. */
async function compile(folder: string, files: readonly string[], options: CompileOptions): Promise<void> {
  const { output, signal } = options;
  const command = ["gcc", ...FLAGS, "-o", output, ...files];
  await runTool(command, { cwd: `${ROOT}${folder}`, ...(signal ? { signal } : {}) });
}
