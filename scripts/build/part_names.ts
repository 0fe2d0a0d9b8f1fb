/**
 * Names for the parts of a program that stay the same when its code changes. The bundler's own end with a hash of the content, and a
 * part holds the names of those that it imports: with them, one changed line would change most parts, and an update would carry them
 * all. Pure.
 */
import { createHash } from "node:crypto";
import { WindlassError } from "../../src/errors/windlass_error.ts";

/** "start-FIW4UGEM.js": the bundler's name for a part, from the module that it begins with, or "chunk" for what several share. */
const FILE_REGEXP = /^(.*)-[A-Z0-9]{8}\.js$/;
const SHARED = "chunk";
/** A component's name has at most 31 characters; "app." and ".js" and a number behind equal names need seven and three of them. */
const NAME_CHARACTERS = 21;
const HASH_CHARACTERS = 10;

interface Part {
  /** Parts that it imports, in the order of its text: at once, or when it needs them. */
  readonly atOnce: readonly string[];
  readonly later: readonly string[];
}

/**
 * Maps each file that the first one leads to to its name, without an end: an entry, which is imported lazily, to that of its module; a
 * shared part to a hash of the entries that need it, since the bundler puts together what the same entries share.
 *
 * @throws {WindlassError} `WL_BUILD_FAILED` if a file is named as no part is.
 */
export function partNames(
  texts: Readonly<Record<string, string>>,
  first: string,
): Readonly<Record<string, string>> {
  const files = Object.keys(texts);
  const parts = new Map(files.map((file) => [file, partOf(texts[file]!, files)]));
  const order = reachable([first], (file) => [...parts.get(file)!.atOnce, ...parts.get(file)!.later]);
  const names: Record<string, string> = {};
  const taken = new Set<string>();
  const give = (file: string, wanted: string) => {
    let name = wanted;
    for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`;
    taken.add(name);
    names[file] = name;
  };
  const entries = order.filter((file) => file === first || moduleOf(file) !== SHARED);
  for (const file of entries) give(file, plainName(moduleOf(file)));
  const users = new Map<string, string[]>();
  for (const entry of entries) {
    for (const file of reachable([entry], (from) => parts.get(from)!.atOnce)) {
      users.set(file, [...users.get(file) ?? [], names[entry]!]);
    }
  }
  for (const file of order) {
    if (file in names) continue;
    const hash = createHash("sha256").update((users.get(file) ?? []).sort().join("\n")).digest("hex");
    give(file, `${SHARED}-${hash.slice(0, HASH_CHARACTERS)}`);
  }
  return names;
}

function partOf(text: string, files: readonly string[]): Part {
  const found: { readonly place: number; readonly file: string; readonly lazy: boolean }[] = [];
  for (const file of files) {
    const place = text.indexOf(`"./${file}"`);
    if (place >= 0) {
      found.push({ place, file, lazy: /\bimport\(\s*$/.test(text.slice(Math.max(0, place - 20), place)) });
    }
  }
  found.sort((a, b) => a.place - b.place);
  return {
    atOnce: found.filter(({ lazy }) => !lazy).map(({ file }) => file),
    later: found.filter(({ lazy }) => lazy).map(({ file }) => file),
  };
}

/** The start and all that it leads to, each once, nearest first. */
function reachable(start: readonly string[], next: (file: string) => readonly string[]): readonly string[] {
  const seen = new Set(start);
  for (const file of seen) for (const other of next(file)) seen.add(other);
  return [...seen];
}

function moduleOf(file: string): string {
  const module = FILE_REGEXP.exec(file)?.[1] ?? /^([^-]*)\.js$/.exec(file)?.[1];
  if (module !== undefined) return module;
  throw new WindlassError(
    "WL_BUILD_FAILED",
    `Cannot build Windlass: the bundler has named a part '${file}'`,
  );
}

function plainName(module: string): string {
  return module.toLowerCase().replaceAll(/[^a-z0-9]/g, "-").slice(0, NAME_CHARACTERS);
}
