import { workspaceRoot } from "../../agent/protocol/distro_paths.ts";
import { NOT_SEARCHED, reasonAgainst } from "./path_reasons.ts";
import { type LinkReader, resolveLinks } from "./resolve_links.ts";

/**
 * Why a container cannot start with a path of a workspace that was translated when the container was created: a link has
 * taken its place, or that of a folder above it. The engine would follow it among its own files. Nothing for a path that
 * is missing: the engine makes the folder in the workspace, or says that it is missing.
 *
 * @param source As the engine names it, below the attached tree of `workspace`.
 * @param files The files of the engine.
 * @returns The end of a sentence.
 */
export async function changedSource(
  source: string,
  workspace: string,
  files: LinkReader,
  signal: AbortSignal,
): Promise<string | undefined> {
  const root = workspaceRoot(workspace);
  const path = source.slice(root.length) || "/";
  const inWorkspace: LinkReader = { readLink: (path, signal) => files.readLink(root + path, signal) };
  const resolved = await resolveLinks(path, inWorkspace, { elsewhere: NOT_SEARCHED, signal });
  const reason = reasonAgainst(resolved, "create");
  if (reason !== undefined) return `'${path}' cannot be mounted any more: ${reason}`;
  if (resolved.path === path) return undefined;
  return `'${path}' of '${workspace}' leads to '${resolved.path}' by now; create the container again`;
}
