/** Which folders of `src` import which, and the order that follows from it. Pure; the caller reads the files. */
import { dirname, join } from "node:path/posix";

/** For each folder the folders that it imports, both sorted. */
export type FolderGraph = ReadonlyMap<string, readonly string[]>;

/** Programs that live inside the folder of another part, and get a box of their own. */
const INNER_PROGRAMS = ["wsl/linux"];

/**
 * An import or export of a value. Type-only imports leave nothing at run time and are not drawn.
 * No "@" before the name, so that an export followed by an example in a comment is not read as one import.
 */
const VALUE_IMPORT =
  /^\s*(?:import|export)\b(?!\s+type\b)[^"';@]*?\bfrom\s+"(\.[^"]+)"|^\s*import\s+"(\.[^"]+)"|\bimport\(\s*"(\.[^"]+)"/gm;

/** The box of a file such as `src/update/channel/fetch.ts`: `update`. Undefined outside of `src`. */
export function folderOf(path: string): string | undefined {
  if (!path.startsWith("src/")) return undefined;
  const inner = path.slice("src/".length);
  const program = INNER_PROGRAMS.find((folder) => inner.startsWith(`${folder}/`));
  if (program !== undefined) return program;
  const [first = ""] = inner.split("/");
  return first;
}

/** The graph of all production files, given as path and text. Test files are left out. */
export function folderGraph(files: ReadonlyMap<string, string>): FolderGraph {
  const graph = new Map<string, Set<string>>();
  for (const [path, text] of files) {
    const from = folderOf(path);
    if (from === undefined || path.endsWith("_test.ts")) continue;
    const targets = graph.get(from) ?? new Set();
    graph.set(from, targets);
    for (const match of text.matchAll(VALUE_IMPORT)) {
      if (namesTypesAlone(match[0])) continue;
      const to = folderOf(join(dirname(path), match[1] ?? match[2] ?? match[3] ?? ""));
      if (to !== undefined && to !== from) targets.add(to);
    }
  }
  for (const targets of [...graph.values()]) {
    for (const target of targets) if (!graph.has(target)) graph.set(target, new Set());
  }
  return new Map([...graph.keys()].sort().map((name) => [name, [...graph.get(name) ?? []].sort()]));
}

function namesTypesAlone(statement: string): boolean {
  const names = /^[^{]*\{([^}]*)\}\s*from/.exec(statement)?.[1]?.split(",").map((name) => name.trim()) ?? [];
  const present = names.filter((name) => name !== "");
  return present.length > 0 && present.every((name) => name.startsWith("type "));
}

/** A graph without the arrows that close a circle, and those arrows. Depth first, in the order of names. */
export function withoutCircles(graph: FolderGraph): { acyclic: FolderGraph; back: [string, string][] } {
  const back: [string, string][] = [];
  const state = new Map<string, "open" | "done">();
  const acyclic = new Map<string, string[]>();
  const visit = (name: string): void => {
    state.set(name, "open");
    const kept: string[] = [];
    for (const target of graph.get(name) ?? []) {
      if (state.get(target) === "open") back.push([name, target]);
      else {
        kept.push(target);
        if (!state.has(target)) visit(target);
      }
    }
    acyclic.set(name, kept);
    state.set(name, "done");
  };
  for (const name of graph.keys()) if (!state.has(name)) visit(name);
  return { acyclic: new Map([...acyclic].sort(([a], [b]) => a < b ? -1 : 1)), back };
}

/** The graph without arrows that follow from others: if a imports b and b imports c, a to c is left out. */
export function reduced(acyclic: FolderGraph): FolderGraph {
  const reach = new Map<string, ReadonlySet<string>>();
  const below = (name: string): ReadonlySet<string> => {
    const known = reach.get(name);
    if (known !== undefined) return known;
    const all = new Set((acyclic.get(name) ?? []).flatMap((target) => [target, ...below(target)]));
    reach.set(name, all);
    return all;
  };
  return new Map([...acyclic].map(([name, targets]) => [
    name,
    targets.filter((target) => !targets.some((other) => other !== target && below(other).has(target))),
  ]));
}

/** The floor of each folder: 0 for what imports nothing, else one above the highest folder that it imports. */
export function floors(acyclic: FolderGraph): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const floor = (name: string): number => {
    const known = found.get(name);
    if (known !== undefined) return known;
    const height = Math.max(-1, ...(acyclic.get(name) ?? []).map(floor)) + 1;
    found.set(name, height);
    return height;
  };
  for (const name of acyclic.keys()) floor(name);
  return found;
}
