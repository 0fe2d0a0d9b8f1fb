import { type ComponentSource, componentSource } from "./component_source.ts";
import { hashFile } from "./compressed_component.ts";
import { partNames } from "./part_names.ts";
import { runTool } from "./run_tool.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** Input of a bundle. */
export interface BundleOptions {
  /** Entry module, relative to the checkout. */
  readonly entry: string;
  /** File or folder, which is made. */
  readonly output: string;
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
  const texts: Record<string, string> = {};
  for await (const { name } of Deno.readDir(folder)) {
    texts[name] = await Deno.readTextFile(`${folder}/${name}`);
  }
  const names = partNames(texts, first);
  const components: ComponentSource[] = [];
  const imports: Record<string, string> = {};
  for (const [file, name] of Object.entries(names).sort(([, a], [, b]) => a < b ? -1 : 1)) {
    const path = `${folder}/${file}`;
    await Deno.writeTextFile(path, withMappedImports(texts[file]!, names));
    const component = file === first ? "app" as const : `app.${name}.js` as const;
    components.push(componentSource(component, path));
    imports[`app:${name}.js`] = `./${(await hashFile(path)).digest}-${component}`;
  }
  const map = `${folder}/imports.json`;
  await Deno.writeTextFile(map, JSON.stringify({ imports }));
  return [...components, componentSource("app-imports", map)];
}

/**
 * A part's text with imports of the other parts by the names of the import map. Pure.
 *
 * A part that is imported when it is needed is named by an expression: the runtime reads every part that a literal names
 * before it runs the first one, which took half of the time of a short command.
 */
export function withMappedImports(text: string, names: Readonly<Record<string, string>>): string {
  // The files' names hold hashes of eight characters, so that no other text looks like one of them.
  return Object.entries(names).reduce(
    (result, [file, name]) =>
      result
        .replaceAll(`import("./${file}")`, `import(["app:${name}.js"][0])`)
        .replaceAll(`"./${file}"`, `"app:${name}.js"`),
    text,
  );
}

/**
 * The bundler may not minify: it then folds `using lock = open(); return lock.isFree()` into `return open().isFree()`, which
 * leaves the lock held, and gives CommonJS code in a part of its own no `require`.
 */
async function bundle(options: BundleOptions, outputFlags: readonly string[]): Promise<void> {
  const flags = ["--quiet", "--frozen", "--platform", "deno", ...outputFlags];
  const command = [Deno.execPath(), "bundle", ...flags, options.entry];
  await runTool(command, { cwd: ROOT, ...(options.signal ? { signal: options.signal } : {}) });
}
