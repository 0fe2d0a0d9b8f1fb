import { isWithin } from "./clean_path.ts";

/** A file system of the machine. */
export interface MachineMount {
  /** Where it is mounted, with spaces and the like written as `\040`, as in the kernel's list. */
  readonly escapedPoint: string;
  /** `major:minor`. */
  readonly device: string;
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
  let longest = -1;
  let found: { readonly parent: string; readonly mount: MachineMount } | undefined;
  for (const line of mountinfo.split("\n")) {
    // ID parent device root point options [tags] - type source options
    const fields = line.split(" ");
    const [id, parent, device, , escapedPoint] = fields;
    if (id === undefined || parent === undefined || device === undefined || escapedPoint === undefined) {
      continue;
    }
    if (fields.slice(6, fields.indexOf("-")).some((tag) => tag.startsWith("shared:"))) sharing.add(id);
    const point = unescaped(escapedPoint);
    // Of several at one place the last one hides the others.
    if (!isWithin(path, point) || point.length < longest) continue;
    longest = point.length;
    found = { parent, mount: { escapedPoint, device } };
  }
  if (found === undefined || found.mount.escapedPoint === "/" || sharing.has(found.parent)) return undefined;
  return found.mount;
}

/** The kernel escapes spaces, tabs, line feeds and backslashes. */
function unescaped(point: string): string {
  return point.replaceAll(/\\([0-7]{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8)));
}
