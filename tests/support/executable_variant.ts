/** Executables like the one under test but for what a later version would have changed: real releases for the tests of updates. */
import { createZstdDecompress } from "node:zlib";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { join } from "node:path";
import { assembleExecutable } from "../../scripts/build/assemble_executable.ts";
import { hashFile } from "../../scripts/build/compressed_component.ts";
import { type Executable, openExecutable } from "../../src/payload/executable.ts";
import { tarHeader, tarPadding } from "../../src/payload/tar_member.ts";
import { VERSION } from "../../src/version.ts";
import { cachePath } from "./repository.ts";
import { openTemporaryFolder } from "./temporary_folder.ts";
import { executableUnderTest } from "./windlass_instance.ts";

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

/** Unpacks the executable once; each variant then shares what it does not change. */
export async function openVariantMaker(base: string = executableUnderTest()): Promise<VariantMaker> {
  await using owned = new AsyncDisposableStack();
  const folder = owned.use(await openTemporaryFolder("windlass-variants"));
  const source = join(folder.path, "base");
  await Deno.mkdir(source);
  using executable = await openExecutable(base);
  for (const { name } of executable.components) await unpack(executable, name, join(source, name));
  const { components } = executable;
  const fileName = base.split("/").at(-1)!;
  const stack = owned.move();
  return {
    async make(name, change) {
      const work = join(folder.path, name);
      await Deno.mkdir(work);
      const changed = await changeParts(source, work, components.map((component) => component.name), change);
      const output = join(work, fileName);
      await assembleExecutable({
        launcher: join(source, "stub"),
        components: components.filter(({ name }) =>
          name !== "stub" && !(name === "update-source" && changed.has(name))
        ).map((component) => ({
          name: component.name,
          path: join(changed.has(component.name) ? work : source, component.name),
          unpack: component.unpack,
          executable: component.executable,
        })).concat(
          change.updateSource === undefined ? [] : {
            name: "update-source",
            path: join(work, "update-source"),
            unpack: false,
            executable: false,
          },
        ),
        compression: "quick",
        cacheDirectory: cachePath(),
        output,
      });
      for (const part of changed) await Deno.remove(join(work, part));
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

async function unpack(executable: Executable, name: string, path: string): Promise<void> {
  const stored = Readable.from(executable.storedStream(name));
  if (name === "stub") return await pipeline(stored, createWriteStream(path, { mode: 0o755 }));
  await pipeline(stored, createZstdDecompress(), createWriteStream(path));
}

/** Writes the changed components into `work` and resolves to their names. */
async function changeParts(
  source: string,
  work: string,
  names: readonly string[],
  change: VariantChange,
): Promise<ReadonlySet<string>> {
  const changed = new Set<string>();
  const rewrite = async (name: string, edit: (text: string) => string) => {
    const text = await Deno.readTextFile(join(source, name));
    const edited = edit(text);
    if (edited === text) return;
    await Deno.writeTextFile(join(work, name), edited);
    changed.add(name);
  };
  const { version, program, agent, rootfsFile, updateSource } = change;
  const parts = names.filter((name) => /^app(\.|$)/.test(name));
  for (const name of parts) {
    await rewrite(name, (text) => {
      const renamed = version === undefined ? text : text.replaceAll(`"${VERSION}"`, `"${version}"`);
      return name === "app" && program !== undefined ? program(renamed) : renamed;
    });
  }
  if (version !== undefined && changed.size === 0) {
    throw new Error(`Cannot make version ${version}: no part of the program holds "${VERSION}"`);
  }
  await rewriteImports(source, work, changed);
  if (agent !== undefined) await rewrite("agent", agent);
  if (rootfsFile !== undefined) {
    await Deno.copyFile(join(source, "rootfs"), join(work, "rootfs"));
    const bytes = new TextEncoder().encode(rootfsFile.text);
    const header = tarHeader({ path: rootfsFile.path, mode: rootfsFile.mode ?? 0o644, size: bytes.length });
    for (const piece of [header, bytes, tarPadding(bytes.length)]) {
      await Deno.writeFile(join(work, "rootfs"), piece, { append: true });
    }
    changed.add("rootfs");
  }
  if (updateSource !== undefined) {
    await Deno.writeTextFile(join(work, "update-source"), updateSource);
    changed.add("update-source");
  }
  return changed;
}

/** The import map names the parts by their ids. */
async function rewriteImports(source: string, work: string, changed: Set<string>): Promise<void> {
  if (changed.size === 0) return;
  const map = JSON.parse(await Deno.readTextFile(join(source, "app-imports"))) as {
    imports: Record<string, string>;
  };
  for (const [key, path] of Object.entries(map.imports)) {
    const name = path.replace(/^\.\/[0-9a-f]{64}-/, "");
    if (changed.has(name)) map.imports[key] = `./${(await hashFile(join(work, name))).digest}-${name}`;
  }
  await Deno.writeTextFile(join(work, "app-imports"), JSON.stringify(map));
  changed.add("app-imports");
}
