import { DISTROS_FOLDER, RUN_FOLDER } from "../../agent/protocol/distro_paths.ts";
import { isWithin } from "./clean_path.ts";
import type { RefusedPath } from "./translate_path.ts";

/** `/run` by its other name. */
const OTHER_RUN_REGEXP = /^\/var\/run(?=\/)/;
/** Folders of every instance of Windlass: sockets and file trees of workspaces, the engine's data. */
const OWN_FOLDER_REGEXP = /^\/windlass(?:-[^/]*)?(?:\/|$)/;
/** Links of the kernel that lead to whatever a process of the engine sees. */
const PROCESS_LINK_REGEXP = /^\/proc\/[^/]+\/(?:task\/[^/]+\/)?(?:root|cwd|exe|fd|map_files)(?:\/|$)/;

/**
 * Why no client may name a path of the engine: there it would reach what belongs to other clients, their file trees and
 * sockets above all. Pure.
 *
 * @param path A clean path of the engine, with the links in it followed as far as the client's system has them.
 */
export function reservedPath(path: string): RefusedPath | undefined {
  if (PROCESS_LINK_REGEXP.test(path)) {
    return { refused: "it is a link to the files of a process of the engine; write the path of the files" };
  }
  const inDistros = isWithin(path, DISTROS_FOLDER) &&
    OWN_FOLDER_REGEXP.test(path.slice(DISTROS_FOLDER.length));
  if (!inDistros && !isWithin(path.replace(OTHER_RUN_REGEXP, "/run"), RUN_FOLDER)) return undefined;
  return { refused: "the folder belongs to Windlass itself, which shares it with no container" };
}
