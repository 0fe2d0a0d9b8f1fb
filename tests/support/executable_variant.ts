/** Executables like the one under test but for what a later version would have changed: real releases for the tests of updates. */
import { createZstdDecompress } from "node:zlib";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { join } from "node:path";
import { type StoredComponent, writeExecutable } from "../../scripts/build/assemble_executable.ts";
import { compressComponent, hashFile } from "../../scripts/build/compressed_component.ts";
import { type Executable, openExecutable } from "../../src/payload/executable.ts";
import { tarHeader, tarPadding } from "../../src/payload/tar_member.ts";
import { VERSION } from "../../src/version.ts";
import { cachePath } from "./repository.ts";
import { openTemporaryFolder } from "./temporary_folder.ts";
import { executableUnderTest } from "./windlass_instance.ts";
import { componentSource } from "../../scripts/build/component_source.ts";
import { isProgramText } from "../../src/payload/component_names.ts";

/** What differs. Whatever is left out stays as it is, under the same component id. */
export interface VariantChange {
  /** What the program says that its version is. */
  readonly version?: string;
  /** Changes the program's first part, which every command begins with. */
  readonly program?: (text: string) => string;
  readonly agent?: (text: string) => string;
  /** A file that the root file system of the engine gets, by its path without a leading slash. */
  readonly rootfsFile?: { readonly path: string; readonly text: string; readonly mode?: number };
  /** The component `update-source`: where updates come from, and the root of trust. */
  readonly updateSource?: string;
}

/** Makes variants of one executable; all files of it are removed on disposal. */
export interface VariantMaker extends AsyncDisposable {
  /** Resolves to the path of a new executable with the base's own file name, in a folder of that name. */
  make(name: string, change: VariantChange): Promise<string>;
}

/** Opens a maker of variants. What a variant does not change is copied as it is stored: nothing large is compressed again. */
export async function openVariantMaker(base: string = executableUnderTest()): Promise<VariantMaker> {
  await using owned = new AsyncDisposableStack();
  const folder = owned.use(await openTemporaryFolder("windlass-variants"));
  const executable = owned.use(await openExecutable(base));
  const fileName = base.split("/").at(-1)!;
  const stack = owned.move();
  return {
    async make(name, change) {
      const work = join(folder.path, name);
      await Deno.mkdir(work);
      const output = join(work, fileName);
      await writeExecutable(await changedComponents(executable, work, change), output);
      return output;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The executable under test with another agent: a newer engine distro. */
export async function executableWithAnotherAgent(): Promise<{ readonly path: string } & AsyncDisposable> {
  await using owned = new AsyncDisposableStack();
  const maker = owned.use(await openVariantMaker());
  const path = await maker.make("another", { agent: (text) => `${text}\n// another agent\n` });
  const stack = owned.move();
  return { path, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The components of a variant, in the order of the base. */
async function changedComponents(
  base: Executable,
  work: string,
  change: VariantChange,
): Promise<StoredComponent[]> {
  const changed = await changeParts(base, work, change);
  const stored: StoredComponent[] = [];
  for (const component of base.components) {
    const isReplaced = component.name === "update-source" && change.updateSource !== undefined;
    if (isReplaced) continue;
    stored.push(
      changed.has(component.name)
        ? await compressed(join(work, component.name), component)
        : { ...component, storedPath: base.path, storedOffset: component.offset },
    );
  }
  if (change.updateSource !== undefined) {
    const path = join(work, "update-source");
    await Deno.writeTextFile(path, change.updateSource);
    stored.push(await compressed(path, componentSource("update-source", path)));
  }
  return stored;
}

async function compressed(
  path: string,
  flags: Pick<StoredComponent, "name" | "unpack" | "executable">,
): Promise<StoredComponent> {
  const { name, unpack, executable } = flags;
  const component = await compressComponent(path, { compression: "quick", cacheDirectory: cachePath() });
  await Deno.remove(path);
  return { ...component, name, unpack, executable, stored: false };
}

/** Writes the changed components into `work` and resolves to their names. */
async function changeParts(
  base: Executable,
  work: string,
  change: VariantChange,
): Promise<ReadonlySet<string>> {
  const changed = new Set<string>();
  const rewrite = async (name: string, edit: (text: string) => string) => {
    const before = await readRaw(base, name);
    const edited = edit(before);
    if (edited === before) return;
    await Deno.writeTextFile(join(work, name), edited);
    changed.add(name);
  };
  const { version, program, agent, rootfsFile } = change;
  const parts = base.components.map(({ name }) => name).filter(isProgramText);
  for (const name of parts) {
    await rewrite(name, (text) => {
      const renamed = version === undefined ? text : text.replaceAll(`"${VERSION}"`, `"${version}"`);
      return name === "app" && program !== undefined ? program(renamed) : renamed;
    });
  }
  if (version !== undefined && changed.size === 0) {
    throw new Error(`Cannot make version ${version}: no part of the program holds "${VERSION}"`);
  }
  await rewriteImports(base, work, changed);
  if (agent !== undefined) await rewrite("agent", agent);
  if (rootfsFile !== undefined) {
    const stored = Readable.from(base.storedStream("rootfs"));
    await pipeline(stored, createZstdDecompress(), createWriteStream(join(work, "rootfs")));
    const bytes = new TextEncoder().encode(rootfsFile.text);
    const header = tarHeader({ path: rootfsFile.path, mode: rootfsFile.mode ?? 0o644, size: bytes.length });
    for (const piece of [header, bytes, tarPadding(bytes.length)]) {
      await Deno.writeFile(join(work, "rootfs"), piece, { append: true });
    }
    changed.add("rootfs");
  }
  return changed;
}

/** A component as text. */
async function readRaw(base: Executable, name: string): Promise<string> {
  return await text(Readable.from(base.storedStream(name)).pipe(createZstdDecompress()));
}

/** The import map names the parts by their ids. */
async function rewriteImports(base: Executable, work: string, changed: Set<string>): Promise<void> {
  if (changed.size === 0) return;
  const map = JSON.parse(await readRaw(base, "app-imports")) as { imports: Record<string, string> };
  for (const [key, path] of Object.entries(map.imports)) {
    const name = path.replace(/^\.\/[0-9a-f]{64}-/, "");
    if (changed.has(name)) map.imports[key] = `./${(await hashFile(join(work, name))).digest}-${name}`;
  }
  await Deno.writeTextFile(join(work, "app-imports"), JSON.stringify(map));
  changed.add("app-imports");
}
