import { createHash } from "node:crypto";
import { basename, extname, join } from "node:path";
import { compileWorkspaceTool, SHARED_SOURCES } from "../../distro/workspace_tool.ts";
import { compileHelper } from "../../scripts/build/compile_helper.ts";
import { compileLauncher } from "../../scripts/build/compile_launcher.ts";
import type { TargetSystem } from "../../scripts/build/toolchain.ts";
import { cachePath, REPOSITORY } from "./repository.ts";
import { runChecked } from "./run_command.ts";
import { exists } from "./test_rootfs.ts";

/**
 * Compiles something once per version of its sources, and returns where it is. Two tests that find nothing both
 * compile; the second replaces the program by the same one.
 *
 * @param sources Files, or folders that hold nothing but sources.
 * @param compile Writes the program to the path that it is given.
 */
async function compileOnce(
  name: string,
  sources: readonly string[],
  compile: (output: string) => Promise<void>,
): Promise<string> {
  const hash = createHash("sha256").update(compile.toString());
  for (const source of sources) {
    for (const path of await filesOf(source)) hash.update(path).update(await Deno.readFile(path));
  }
  const folder = cachePath("tests");
  const program = join(folder, `${name}-${hash.digest("hex").slice(0, 16)}`);
  if (await exists(program)) return program;
  await Deno.mkdir(folder, { recursive: true });
  const partial = `${program}.${crypto.randomUUID()}.partial`;
  await compile(partial);
  await Deno.rename(partial, program);
  return program;
}

/** The helper of `wsl` for Linux. */
export function compiledHelper(): Promise<string> {
  return compileOnce("wsl-helper", [join(REPOSITORY, "src/wsl/linux/native")], compileHelper);
}

/** The launcher of a system. */
export function compiledLauncher(system: TargetSystem): Promise<string> {
  const sources = [join(REPOSITORY, "src/launcher"), join(REPOSITORY, "scripts/zstd_sources.lock")];
  return compileOnce(
    `launcher-${system}`,
    sources,
    (output) => compileLauncher(output, { system, cacheDirectory: cachePath() }),
  );
}

/** The program that runs in the user's own distros. */
export function compiledWorkspaceTool(): Promise<string> {
  const sources = [join(REPOSITORY, "distro/native/workspace"), ...SHARED_SOURCES];
  return compileOnce("workspace", sources, compileWorkspaceTool);
}

/** A program of one C source of the tests, by the source's path in the checkout. */
export function compiledProgram(source: string, ...flags: string[]): Promise<string> {
  const path = join(REPOSITORY, source);
  const name = [basename(source, extname(source)), ...flags].join("").replaceAll(/[^\w-]/g, "");
  return compileOnce(name, [path], async (output) => {
    await runChecked(["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", output, path, ...flags]);
  });
}

async function filesOf(source: string): Promise<string[]> {
  if ((await Deno.stat(source)).isFile) return [source];
  const names = await Array.fromAsync(Deno.readDir(source), ({ name }) => name);
  return (await Promise.all(names.sort().map((name) => filesOf(join(source, name))))).flat();
}
