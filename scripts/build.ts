/**
 * Builds `dist/windlass` and `dist/windlass.exe`: compiles what is native, bundles what is TypeScript, gets the image of the
 * distros, compresses and joins it all. Does nothing if no input has changed. `--release` takes minutes and makes the files as
 * small as they get. `--update-source FILE` says where updates come from, and which root keys they are trusted by; without it there
 * are none.
 */
import { parseArgs } from "node:util";
import { buildImage } from "../distro/build_image.ts";
import { isWindlassError, WindlassError } from "../src/errors/windlass_error.ts";
import { compileHelper } from "./build/compile_helper.ts";
import { assembleExecutable } from "./build/assemble_executable.ts";
import { componentSources } from "./build/component_source.ts";
import { bundleInParts, bundleProgram } from "./build/bundle_program.ts";
import { compileLauncher } from "./build/compile_launcher.ts";
import { removeUnused } from "./build/compressed_component.ts";
import { updateSourceComponent } from "./build/update_source_component.ts";
import { computeStamp, fileMark } from "./build/input_stamp.ts";
import { sizeTable } from "./build/size_table.ts";
import type { TargetSystem } from "./build/toolchain.ts";

const ROOT = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const CACHE = Deno.env.get("WINDLASS_CACHE") ?? `${ROOT}/.cache`;
const OUTPUT: Record<TargetSystem, string> = {
  linux: `${ROOT}/dist/windlass`,
  windows: `${ROOT}/dist/windlass.exe`,
};
const STAMP = `${CACHE}/build.stamp`;
const SOURCES = [
  "src",
  "distro",
  "scripts/build",
  "scripts/build.ts",
  "scripts/zstd_sources.lock",
  "deno.json",
  "deno.lock",
];

/** The runtimes that are shipped. For Linux: the pinned one if bootstrap has fetched it, the running one otherwise. */
async function findRuntimes(): Promise<Record<TargetSystem, string>> {
  const pinned = `${CACHE}/deno-runtime/linux-x64/deno`;
  const windows = `${CACHE}/deno-runtime/windows-x64/deno.exe`;
  if (await fileMark(windows) === "null") {
    throw new WindlassError("WL_BUILD_FAILED", `Cannot build dist/windlass.exe: '${windows}' is missing`);
  }
  return { linux: await fileMark(pinned) === "null" ? Deno.execPath() : pinned, windows };
}

/** What the user asks for. */
interface BuildChoice {
  readonly release: boolean;
  /** Path of a file as `deno task release source` writes it: the channel's address and its root metadata. */
  readonly updateSource: string | undefined;
}

async function build({ release, updateSource }: BuildChoice): Promise<void> {
  const started = performance.now();
  const runtimes = await findRuntimes();
  const updates = updateSource === undefined ? [] : [await updateSourceComponent(updateSource)];
  const inputs = await computeStamp({
    words: [release ? "release" : "daily", ...updates.length > 0 ? ["updates"] : []],
    sources: [...SOURCES.map((path) => `${ROOT}/${path}`), ...updates.map(({ path }) => path)],
    files: Object.values(runtimes),
  });
  if (await readStamp() === await stampOf(inputs)) {
    console.error("dist/windlass and dist/windlass.exe are up to date");
    return;
  }
  const image = await buildImage({ release, cacheDirectory: CACHE, progress: (line) => console.error(line) });

  const work = await Deno.makeTempDir({ dir: CACHE, prefix: "build-work-" });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(work, { recursive: true }));
  console.error("Compiling and bundling");
  const program = bundleInParts({ entry: "src/main.ts", output: `${work}/app` });
  await allDone([
    program,
    compileLauncher(`${work}/launcher`, { system: "linux", cacheDirectory: CACHE }),
    compileLauncher(`${work}/launcher.exe`, { system: "windows", cacheDirectory: CACHE }),
    compileHelper(`${work}/wsl-helper`),
    bundleProgram({ entry: "src/agent/main.ts", output: `${work}/agent.js` }),
  ]);
  console.error(release ? "Compressing (some minutes)" : "Compressing");
  await Deno.mkdir(`${ROOT}/dist`, { recursive: true });
  const [source] = updates;
  const files = {
    "wsl-helper": `${work}/wsl-helper`,
    "agent-runtime": runtimes.linux,
    agent: `${work}/agent.js`,
    rootfs: image.rootfsTar,
    "data-rootfs": image.dataRootfsTar,
    ...(source === undefined ? {} : { "update-source": source.path }),
  };
  const options = { compression: release ? "small" : "quick", cacheDirectory: CACHE } as const;
  const linux = await assembleExecutable({
    ...options,
    launcher: `${work}/launcher`,
    components: componentSources("linux", await program, { ...files, deno: runtimes.linux }),
    output: OUTPUT.linux,
  });
  const windows = await assembleExecutable({
    ...options,
    launcher: `${work}/launcher.exe`,
    components: componentSources("windows", await program, { ...files, deno: runtimes.windows }),
    output: OUTPUT.windows,
  });
  await Deno.writeTextFile(STAMP, await stampOf(inputs));
  await removeUnused(CACHE);
  console.log(`dist/windlass\n${sizeTable(linux)}\n\ndist/windlass.exe\n${sizeTable(windows)}`);
  console.error(`Both were built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** What the stamp file holds when the outputs are those of these inputs. */
async function stampOf(inputs: string): Promise<string> {
  return [inputs, await fileMark(OUTPUT.linux), await fileMark(OUTPUT.windows)].join(" ");
}

/** Waits for all, even after a failure: the work folder must exist as long as a compiler writes into it. */
async function allDone(steps: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(steps);
  await Promise.all(steps);
}

async function readStamp(): Promise<string | undefined> {
  return await Deno.readTextFile(STAMP).catch(() => undefined);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: { release: { type: "boolean", default: false }, "update-source": { type: "string" } },
  });
  try {
    await build({ release: values.release, updateSource: values["update-source"] });
    return 0;
  } catch (error) {
    if (!isWindlassError(error)) throw error;
    console.error(`${error.message}\n  ${error.code}: ${error.remedy}`);
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main());
