import { filesBeneath, isExecutable } from "./input_key.ts";
import { busyboxTree } from "./sample_image.ts";
import { buildTar, file, folder, type MemoryEntry } from "./tar_memory.ts";

/** The parts of the data distro. */
export interface DataRootfsParts {
  readonly busybox: Uint8Array;
  /** Where its applets belong, such as `bin/mount`. */
  readonly applets: readonly string[];
  /** Folder whose files are copied over. */
  readonly overlay: string;
}

/** Folders that a distro needs beyond those of a busybox container, and the one that holds all data. */
const FOLDERS = ["mnt", "run", "usr/lib", "usr/lib/windlass", "var/lib", "var/lib/windlass"];

/** The whole data distro as a complete tar archive. The same parts give the same bytes. */
export async function buildDataRootfs(parts: DataRootfsParts): Promise<Uint8Array<ArrayBuffer>> {
  const entries = new Map<string, MemoryEntry>();
  const tree = [...busyboxTree(parts.busybox, parts.applets), ...FOLDERS.map((path) => folder(path))];
  for (const entry of [...tree, ...await overlayEntries(parts.overlay)]) entries.set(entry.path, entry);
  return buildTar([...entries.values()]);
}

async function overlayEntries(overlay: string): Promise<MemoryEntry[]> {
  const entries: MemoryEntry[] = [];
  for (const path of await filesBeneath(overlay)) {
    const content = await Deno.readFile(`${overlay}/${path}`);
    entries.push(file(path, content, await isExecutable(`${overlay}/${path}`) ? 0o755 : 0o644));
  }
  return entries;
}
