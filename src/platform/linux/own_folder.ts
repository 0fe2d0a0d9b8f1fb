import { dirname, join } from "node:path";
import type { Stranger } from "../own_folder.ts";

const ROOT_USER = 0;
const GROUP_OR_OTHERS_WRITE = 0o022;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/**
 * As the launcher checks it before it runs anything (src/launcher/linux/trusted_folder.c): the folder and those above it,
 * and what symbolic links on the way lead to.
 */
export async function findStrangerOnLinux(path: string): Promise<Stranger | undefined> {
  for (const part of prefixes(path)) {
    const info = await Deno.lstat(part).catch((error) => {
      // Missing, or below a file: that is reported where it is made.
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
        return undefined;
      }
      throw error;
    });
    if (info === undefined) return undefined;
    if (info.uid !== ROOT_USER && info.uid !== Deno.uid()) {
      return { path: part, owner: info.uid ?? undefined };
    }
    if (info.isSymlink) {
      const found = await findStrangerOnLinux(await Deno.realPath(part));
      if (found !== undefined) return found;
    } else if (othersCanWrite(info.mode ?? 0, part === path)) {
      return { path: part };
    }
  }
  return undefined;
}

/** Folders above may be open to a group, which the administrator has filled, and to all if they are sticky. */
function othersCanWrite(mode: number, isLast: boolean): boolean {
  if (isLast) return (mode & GROUP_OR_OTHERS_WRITE) !== 0;
  return (mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0;
}

/** `/a/b` is in `/a`; the root itself is the system's. */
function prefixes(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [...prefixes(above), join(path)];
}
