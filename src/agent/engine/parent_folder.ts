/** The folder of a file, given its absolute path. `node:path` would delay dockerd by the time that it takes to load. Pure. */
export function parentFolder(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 1));
}
