import { cleanAbsolutePath, isWithin } from "./clean_path.ts";

/** A file system of a list of mounts. */
export interface MachineMount {
  /** Where it is mounted. */
  readonly point: string;
  /** The same with spaces and the like written as `\040`, as in the kernel's list. */
  readonly escapedPoint: string;
  /** `major:minor`. */
  readonly device: string;
  /** The folder of the file system that is mounted. */
  readonly folder: string;
  /** Type and source, as `9p D:\134`. */
  readonly origin: string;
}

/** A line of the list. */
interface Entry extends MachineMount {
  readonly id: string;
  readonly parent: string;
  /** Whether mounts that are made in it appear in its copies. */
  readonly shares: boolean;
}

/**
 * The file system with the path, if its mount does not propagate to the engine: then the engine sees it only if it was
 * mounted before the engine's start. The root is, and so is what was mounted in a folder that shares its mounts.
 *
 * @param mountinfo The text of /proc/self/mountinfo.
 * @param path Absolute and clean, without links.
 */
export function unsharedMount(mountinfo: string, path: string): MachineMount | undefined {
  const sharing = new Set<string>();
  let found: Entry | undefined;
  for (const entry of entriesOf(mountinfo)) {
    if (entry.shares) sharing.add(entry.id);
    if (covers(entry, path, found)) found = entry;
  }
  if (found === undefined || found.point === "/" || sharing.has(found.parent)) return undefined;
  return found;
}

/** The file system with the path, and where that is in it. Parameters as of {@linkcode unsharedMount}. */
export function mountOf(
  mountinfo: string,
  path: string,
): { readonly mount: MachineMount; readonly inside: string } | undefined {
  let found: Entry | undefined;
  for (const entry of entriesOf(mountinfo)) if (covers(entry, path, found)) found = entry;
  if (found === undefined) return undefined;
  const rest = path.slice(found.point === "/" ? 0 : found.point.length);
  return { mount: found, inside: cleanAbsolutePath(`${found.folder}/${rest}`) };
}

/** The file system that is mounted exactly there. Parameters as of {@linkcode unsharedMount}. */
export function mountAt(mountinfo: string, point: string): MachineMount | undefined {
  let found: Entry | undefined;
  for (const entry of entriesOf(mountinfo)) if (entry.point === point) found = entry;
  return found;
}

/** Of several at one place the last one hides the others. */
function covers({ point }: Entry, path: string, found: Entry | undefined): boolean {
  return isWithin(path, point) && point.length >= (found?.point.length ?? 0);
}

function* entriesOf(mountinfo: string): Generator<Entry> {
  for (const line of mountinfo.split("\n")) {
    // ID parent device root point options [tags] - type source options
    const fields = line.split(" ");
    const [id, parent, device, folder, escapedPoint] = fields;
    if (
      id === undefined || parent === undefined || device === undefined || folder === undefined ||
      escapedPoint === undefined
    ) continue;
    const end = fields.indexOf("-", 6);
    yield {
      id,
      parent,
      device,
      folder: unescaped(folder),
      escapedPoint,
      point: unescaped(escapedPoint),
      origin: fields.slice(end + 1, end + 3).join(" "),
      shares: fields.slice(6, end).some((tag) => tag.startsWith("shared:")),
    };
  }
}

/** The kernel escapes spaces, tabs, line feeds and backslashes. */
function unescaped(point: string): string {
  return point.replaceAll(/\\([0-7]{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8)));
}
