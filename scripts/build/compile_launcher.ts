import { runTool } from "./run_tool.ts";

const FOLDER = new URL("../../src/launcher/", import.meta.url).pathname;
/** Same sources, same bytes: no build id, no symbols. */
const FLAGS = ["-static", "-O2", "-s", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE", "-Wl,--build-id=none"];

/**
 * Compiles the launcher for Linux x64 to the file `output`. Files are named relative to their folder, so that where the checkout
 * lies does not show in the result.
 */
export async function compileLauncher(output: string, signal?: AbortSignal): Promise<void> {
  const names = await Array.fromAsync(Deno.readDir(FOLDER), ({ name }) => name);
  const sources = names.filter((name) => name.endsWith(".c") && !name.endsWith("_windows.c")).sort();
  const command = ["gcc", ...FLAGS, "-o", output, ...sources, "-l:libzstd.a"];
  await runTool(command, { cwd: FOLDER, ...(signal ? { signal } : {}) });
}
