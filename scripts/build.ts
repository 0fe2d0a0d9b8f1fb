/**
 * Builds `dist/windlass`: compiles what is native, bundles what is TypeScript, gets the image of the distros, compresses and
 * joins it all. Does nothing if no input has changed. `--release` takes minutes and makes the file as small as it gets.
 */
import { parseArgs } from "node:util";
import { buildImage } from "../distro/build_image.ts";
import { isWindlassError } from "../src/errors/windlass_error.ts";
import { compileHelper } from "../src/wsl/linux/compile_helper.ts";
import { assembleExecutable, type ComponentSource } from "./build/assemble_executable.ts";
import { bundleInParts, bundleProgram } from "./build/bundle_program.ts";
import { compileLauncher } from "./build/compile_launcher.ts";
import { removeUnused } from "./build/compressed_component.ts";
import { computeStamp, fileMark } from "./build/input_stamp.ts";
import { sizeTable } from "./build/size_table.ts";

const ROOT = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const CACHE = Deno.env.get("WINDLASS_CACHE") ?? `${ROOT}/.cache`;
const OUTPUT = `${ROOT}/dist/windlass`;
const STAMP = `${CACHE}/build.stamp`;
const SOURCES = ["src", "distro", "scripts/build", "scripts/build.ts", "deno.json", "deno.lock"];

/** The runtime that is shipped: the pinned one if bootstrap has fetched it, the running one otherwise. */
async function findRuntime(): Promise<string> {
  const pinned = `${CACHE}/deno-runtime/linux-x64/deno`;
  return await fileMark(pinned) === "null" ? Deno.execPath() : pinned;
}

async function build(release: boolean): Promise<void> {
  const started = performance.now();
  const runtime = await findRuntime();
  const inputs = await computeStamp({
    words: [release ? "release" : "daily"],
    sources: SOURCES.map((path) => `${ROOT}/${path}`),
    files: [runtime],
  });
  if (await readStamp() === `${inputs} ${await fileMark(OUTPUT)}`) {
    console.error("dist/windlass is up to date");
    return;
  }
  const image = await buildImage({ release, cacheDirectory: CACHE, progress: (line) => console.error(line) });

  const work = await Deno.makeTempDir({ dir: CACHE, prefix: "build-work-" });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(work, { recursive: true }));
  console.error("Compiling and bundling");
  const program = bundleInParts({ entry: "src/main.ts", output: `${work}/app`, minify: release });
  await allDone([
    program,
    compileLauncher(`${work}/launcher`),
    compileHelper(`${work}/wsl-helper`),
    bundleProgram({ entry: "src/agent/main.ts", output: `${work}/agent.js`, minify: release }),
  ]);
  console.error(release ? "Compressing (some minutes)" : "Compressing");
  await Deno.mkdir(`${ROOT}/dist`, { recursive: true });
  const components: ComponentSource[] = [
    { name: "deno", path: runtime, unpack: true, executable: true },
    ...await program,
    { name: "wsl-helper", path: `${work}/wsl-helper`, unpack: true, executable: true },
    { name: "agent", path: `${work}/agent.js`, unpack: false, executable: false },
    { name: "rootfs", path: image.rootfsTar, unpack: false, executable: false },
    { name: "data-rootfs", path: image.dataRootfsTar, unpack: false, executable: false },
  ];
  const index = await assembleExecutable({
    launcher: `${work}/launcher`,
    components,
    compression: release ? "small" : "quick",
    cacheDirectory: CACHE,
    output: OUTPUT,
  });
  await Deno.writeTextFile(STAMP, `${inputs} ${await fileMark(OUTPUT)}`);
  await removeUnused(CACHE);
  console.log(sizeTable(index));
  console.error(`dist/windlass was built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** Waits for all, also after a failure: the work folder must not go while a compiler writes into it. */
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
    options: { release: { type: "boolean", default: false } },
  });
  try {
    await build(values.release);
    return 0;
  } catch (error) {
    if (!isWindlassError(error)) throw error;
    console.error(`${error.message}\n  ${error.code}: ${error.remedy}`);
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main());
