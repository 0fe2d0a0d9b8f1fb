import { createHash } from "node:crypto";
import { unlessMissing } from "../../src/errors/unless_missing.ts";

/** What decides whether a build has anything to do. */
export interface StampInputs {
  /** Words that distinguish builds, such as the kind of compression. */
  readonly words: readonly string[];
  /** Files and folders of sources, compared by content. Test files are ignored. */
  readonly sources: readonly string[];
  /** Large files, compared by size and time of change. */
  readonly files: readonly string[];
}

/** A digest that changes whenever an input does. Same inputs, same digest, in every checkout. */
export async function computeStamp(inputs: StampInputs): Promise<string> {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(inputs.words));
  for (const source of inputs.sources) {
    for await (const path of filesBelow(source)) {
      hash.update(`\n${path.slice(source.length)}\n`).update(await Deno.readFile(path));
    }
  }
  for (const file of inputs.files) hash.update(`\n${await fileMark(file)}`);
  return hash.digest("hex");
}

/** Size and time of change of a file; `null` in their place if there is none. */
export async function fileMark(path: string): Promise<string> {
  const status = await unlessMissing(() => Deno.stat(path));
  return status === undefined ? "null" : JSON.stringify([status.size, status.mtime, status.ino]);
}

async function* filesBelow(path: string): AsyncGenerator<string> {
  const { isDirectory } = await Deno.stat(path);
  if (!isDirectory) return yield path;
  const entries = await Array.fromAsync(Deno.readDir(path));
  for (const { name, isSymlink } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (!isSymlink && !name.endsWith("_test.ts")) yield* filesBelow(`${path}/${name}`);
  }
}
