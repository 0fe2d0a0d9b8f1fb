import { VERSION } from "../../src/version.ts";
import { drawIcon } from "./draw_icon.ts";
import { runTool } from "./run_tool.ts";
import { RESOURCE_COMPILER } from "./toolchain.ts";

const FOLDER = new URL("../../src/launcher/windows/", import.meta.url).pathname;

/** What the resource script includes: the version as text and as the four numbers of the format. Pure. */
export function versionHeader(version: string): string {
  const numbers = [...version.replace(/[-+].*$/, "").split("."), "0", "0", "0"].slice(0, 4);
  return `#define VERSION_TEXT "${version}"\n#define VERSION_NUMBERS ${numbers.join(",")}\n`;
}

/** Makes the object file with version, icon and manifest of the Windows launcher. */
export async function compileResources(output: string, signal?: AbortSignal): Promise<void> {
  const work = `${output}.work`;
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(work, { recursive: true }));
  await Deno.mkdir(work);
  await Deno.writeTextFile(`${work}/version.h`, versionHeader(VERSION));
  await Deno.writeFile(`${work}/windlass.ico`, drawIcon());
  const command = [RESOURCE_COMPILER, "-I", work, "-I", ".", "-O", "coff", "launcher.rc", output];
  await runTool(command, { cwd: FOLDER, ...(signal ? { signal } : {}) });
}
