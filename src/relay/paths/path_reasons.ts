import { RELAY_LIMITS } from "../relay_limits.ts";
import type { ResolvedPath } from "./resolve_links.ts";
import { type PathUse, SOURCE_MISSING } from "./translate_path.ts";

/** The kernel takes no longer path (PATH_MAX), so nothing exists at one; the engine says so. */
export const PATH_BYTES = 4096;
/** The kernel makes their links, and some depend on the process that reads them. */
export const NOT_SEARCHED: readonly string[] = ["/proc", "/sys"];

/**
 * Why the engine cannot mount a path, or could only make a folder where none is wanted. Nothing but a silent file system
 * speaks against a path that is looked up later.
 */
export function reasonAgainst(resolved: ResolvedPath, use: PathUse): string | undefined {
  if (resolved.kind === "silent") {
    const seconds = RELAY_LIMITS.fileSystemMilliseconds / 1000;
    return `the file system of '${resolved.at}' did not answer within ${seconds} s`;
  }
  if (use === "later") return undefined;
  switch (resolved.kind) {
    case "missing":
      return use === "require" ? SOURCE_MISSING : undefined;
    case "dangling":
      return `the link '${resolved.link}' leads to '${resolved.target}', which does not exist`;
    case "loop":
      return "it has too many levels of symbolic links";
    case "not-a-folder":
      return `'${resolved.file}' is not a folder`;
    default:
      return undefined;
  }
}
