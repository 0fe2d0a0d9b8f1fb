import { WindlassError } from "../../src/errors/windlass_error.ts";
import type { ComponentSource } from "./assemble_executable.ts";
import { hashFile } from "./compressed_component.ts";
import { runTool } from "./run_tool.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
/** A component's name has at most 31 characters; this much of a part's own name leaves room for its hash. */
const PART_NAME_CHARACTERS = 15;

/** What a bundle is made of. */
export interface BundleOptions {
  /** Entry module, relative to the checkout. */
  readonly entry: string;
  /** File or folder, which is made. */
  readonly output: string;
  readonly minify: boolean;
  readonly signal?: AbortSignal;
}

/** Makes one JavaScript file of a program and its dependencies; it runs without a network or a cache. */
export async function bundleProgram(options: BundleOptions): Promise<void> {
  await bundle(options, ["--output", options.output]);
}

/**
 * Makes the components of a program that loads its parts when it needs them (`FORMAT.md`, "The program in parts"): the
 * first file, which is "app", the other parts, and the import map.
 *
 * @throws {WindlassError} `WL_BUILD_FAILED` if the bundler refuses the program.
 */
export async function bundleInParts(options: BundleOptions): Promise<readonly ComponentSource[]> {
  const folder = options.output;
  await bundle(options, ["--code-splitting", "--outdir", folder]);
  const first = options.entry.replace(/^.*\//, "").replace(/\.ts$/, ".js");
  const files = (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
  const components: ComponentSource[] = [];
  const imports: Record<string, string> = {};
  for (const file of files) {
    const path = `${folder}/${file}`;
    await Deno.writeTextFile(path, withMappedImports(await Deno.readTextFile(path), files));
    const name = file === first ? "app" : partName(file);
    components.push({ name, path, unpack: true, executable: false });
    imports[`app:${file}`] = `./${(await hashFile(path)).digest}-${name}`;
  }
  const map = `${folder}/imports.json`;
  await Deno.writeTextFile(map, JSON.stringify({ imports }));
  return [...components, { name: "app-imports", path: map, unpack: true, executable: false }];
}

/** A part's text with imports of the other parts by the names of the import map. Pure. */
export function withMappedImports(text: string, files: readonly string[]): string {
  // The names hold hashes of eight characters, so that no other text looks like one of them.
  return files.reduce((result, file) => result.replaceAll(`"./${file}"`, `"app:${file}"`), text);
}

/** The component's name for a part such as "start-FIW4UGEM.js". Pure. */
export function partName(file: string): string {
  const [, name = "", hash] = /^(.*)-([A-Z0-9]{8})\.js$/.exec(file) ?? [];
  if (hash === undefined) {
    throw new WindlassError(
      "WL_BUILD_FAILED",
      `Cannot build Windlass: the bundler has named a part '${file}'`,
    );
  }
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, "-").slice(0, PART_NAME_CHARACTERS);
  return `app.${plain}-${hash.toLowerCase()}.js`;
}

async function bundle(options: BundleOptions, outputFlags: readonly string[]): Promise<void> {
  const flags = ["--quiet", "--frozen", "--platform", "deno", ...outputFlags];
  if (options.minify) flags.push("--minify", "--keep-names");
  const command = [Deno.execPath(), "bundle", ...flags, options.entry];
  await runTool(command, { cwd: ROOT, ...(options.signal ? { signal: options.signal } : {}) });
}
