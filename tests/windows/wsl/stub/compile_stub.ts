import { createHash } from "node:crypto";
import { join } from "node:path";
import { runChecked } from "../../../support/run_command.ts";
import { buildOnce } from "../../../support/build_once.ts";
import { wineCache } from "../../support/wine_root.ts";

/** Compiles a program of this folder once per version of its source, and returns where it is. */
async function compileOnce(source: string, compiler: readonly string[], libraries: readonly string[] = []) {
  const path = join(import.meta.dirname!, source);
  const version = createHash("sha256").update(await Deno.readFile(path)).digest("hex").slice(0, 12);
  const program = wineCache(`${source.replace(/\.c$/, "")}-${version}`);
  await buildOnce(program, async (partial) => {
    await runChecked([
      ...compiler,
      "-O2",
      "-Wall",
      "-Wextra",
      "-Werror",
      "-s",
      "-o",
      partial,
      path,
      ...libraries,
    ]);
  });
  return program;
}

/** The program of Windows that stands for wsl.exe. */
export function compileStub(): Promise<string> {
  return compileOnce("wsl.c", ["x86_64-w64-mingw32-gcc", "-static"], ["-lws2_32"]);
}

/** The program of this machine that takes over the streams of a call. */
export function compileAttachStreams(): Promise<string> {
  return compileOnce("attach_streams.c", ["gcc"]);
}
