/** Nothing in these is part of the project. */
const SKIPPED = new Set([".git", ".cache", "dist", "node_modules"]);

/** The paths of all files below a folder, in the order of their names; "." stands for the whole checkout. */
export async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  for (const { name, isDirectory, isFile } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (SKIPPED.has(name)) continue;
    const path = folder === "." ? name : `${folder}/${name}`;
    if (isDirectory) yield* filesBelow(path);
    else if (isFile) yield path;
  }
}
