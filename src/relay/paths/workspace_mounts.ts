import { DISTROS_FOLDER } from "../../agent/protocol/distro_paths.ts";
import { isWithin } from "./clean_path.ts";
import { type MachineMount, mountAt, mountOf } from "./machine_mounts.ts";

/** What decides which paths of a workspace the engine has under a name of its own. */
export interface SharedMounts {
  /** Where the workspace has its drives; clean. */
  readonly automountRoot: string;
  /** The workspace's list of mounts; empty if it cannot be read. */
  readonly workspace: string;
  /** The engine's list of mounts. */
  readonly engine: string;
}

const SHARED_NAME_REGEXP = /^\/([a-z]|wsl)(?=\/|$)/;

/**
 * The engine's own name for a path of a workspace: of a drive, or of the file system that all distros share. A folder of
 * the user's that is merely called like a drive has none. Pure.
 *
 * @param path A clean path of the workspace, with its links followed.
 */
export function sharedName(
  path: string,
  { automountRoot, workspace, engine }: SharedMounts,
): string | undefined {
  const mount = mountOf(workspace, path);
  const distros = mountAt(engine, DISTROS_FOLDER);
  // Wherever the workspace has mounted it besides.
  if (mount !== undefined && mount.mount.device === distros?.device) {
    return mount.inside === "/" ? DISTROS_FOLDER : DISTROS_FOLDER + mount.inside;
  }
  if (!isWithin(path, automountRoot)) return undefined;
  const rest = automountRoot === "/" ? path : path.slice(automountRoot.length);
  const name = SHARED_NAME_REGEXP.exec(rest)?.[1];
  if (name === undefined) return undefined;
  const shared = `/mnt${rest}`;
  if (workspace === "") return mountAt(engine, `/mnt/${name}`) === undefined ? undefined : shared;
  const there = mountOf(engine, shared);
  const isSame = mount !== undefined && there !== undefined && isCopy(mount.mount, there.mount) &&
    mount.inside === there.inside && isWithin(there.mount.point, `/mnt/${name}`) &&
    isWithin(mount.mount.point, `${automountRoot === "/" ? "" : automountRoot}/${name}`);
  return isSame ? shared : undefined;
}

/**
 * Where in a workspace the file system with the path is mounted, if the tree that the engine has of it lacks that mount,
 * because it was made later. Pure.
 *
 * @param path A clean path of the workspace, with its links followed.
 * @param folder Where the engine has that tree.
 */
export function unseenMount(
  path: string,
  folder: string,
  workspace: string,
  engine: string,
): string | undefined {
  const wanted = mountOf(workspace, path);
  if (wanted === undefined) return undefined;
  const seen = mountOf(engine, path === "/" ? folder : folder + path);
  if (seen?.mount.device === wanted.mount.device && seen.inside === wanted.inside) return undefined;
  return wanted.mount.escapedPoint;
}

/** Each distro has its own mount of a drive, so its device may be another one. */
function isCopy(one: MachineMount, other: MachineMount): boolean {
  return one.device === other.device || one.origin === other.origin;
}
