import { basename, dirname, join } from "node:path/posix";

/** A file of the checkout; the text is empty where only its name matters. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Which file names which: by an import, or as a program or data file that it runs or reads. */
export type ImportGraph = ReadonlyMap<string, ReadonlySet<string>>;

const IMPORT = /(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)"(\.[^"]+)"/g;
/** A path at the end of a string: fixtures are compiled, bundled or started by their path. */
const NAMED = /([\w./-]*[\w-]\.\w+)["'`]/g;

/**
 * Reads the graph out of the texts. A name stands for every file whose path ends with it: an edge too many costs
 * time, a missing one a test that should have run. Pure.
 *
 * @param edges What no text says, such as what the executable under test is built from: paths of files or, with a
 * slash at the end, of folders.
 */
export function importGraph(
  files: readonly SourceFile[],
  edges: Readonly<Record<string, readonly string[]>>,
): ImportGraph {
  const known = new Set(files.map(({ path }) => path));
  const byName = Map.groupBy(known, (path) => basename(path));
  const graph = new Map<string, Set<string>>();
  for (const { path, text } of files) {
    const imports = [...text.matchAll(IMPORT)].map(([, specifier]) => specifier!);
    const isImported = new Set(imports.map(withoutDots));
    const names = [...text.matchAll(NAMED)].map(([, name]) => withoutDots(name!));
    const named = path.endsWith(".ts") ? names.filter((name) => !isImported.has(name)) : [];
    graph.set(
      path,
      new Set([
        ...imports.map((specifier) => join(dirname(path), specifier)),
        ...named.flatMap((name) =>
          (byName.get(basename(name)) ?? []).filter((other) => endsWith(other, name))
        ),
        ...(edges[path] ?? []).flatMap((edge) => below(known, edge)),
      ].filter((other) => known.has(other) && other !== path)),
    );
  }
  return graph;
}

/** All files from which one of the given files is reached, those files included. Pure. */
export function affectedBy(graph: ImportGraph, changed: readonly string[]): ReadonlySet<string> {
  const importers = new Map<string, string[]>();
  for (const [path, imported] of graph) {
    for (const other of imported) importers.set(other, [...importers.get(other) ?? [], path]);
  }
  const affected = new Set(changed);
  for (const path of affected) { // a set's loop also visits what is added meanwhile
    for (const importer of importers.get(path) ?? []) affected.add(importer);
  }
  return affected;
}

function withoutDots(path: string): string {
  return path.replace(/^(?:\.{0,2}\/)+/, "");
}

function endsWith(path: string, end: string): boolean {
  return path === end || path.endsWith(`/${end}`);
}

/** The paths below a folder, or the path itself. */
function below(known: ReadonlySet<string>, edge: string): string[] {
  return edge.endsWith("/") ? [...known].filter((path) => path.startsWith(edge)) : [edge];
}
