import { changedSource } from "../../relay/paths/changed_source.ts";
import { isWithin } from "../../relay/paths/clean_path.ts";
import type { LinkReader } from "../../relay/paths/resolve_links.ts";
import { workspaceOf } from "./workspace_mounts.ts";

/** Dependencies of {@linkcode startProblem}. */
export interface StartCheck {
  /** The folder with the sockets of workspaces. */
  readonly shared: string;
  /** The files of the engine, with the trees of all workspaces in question attached. */
  readonly files: LinkReader;
  readonly signal: AbortSignal;
}

/**
 * Why a container cannot start with what it mounts, though that was right when it was created; dockerd would make a
 * folder in the engine in place of it. A whole sentence. Rejects only with the signal's reason.
 *
 * @param sources Paths of the engine.
 */
export async function startProblem(
  container: string,
  sources: readonly string[],
  { shared, files, signal }: StartCheck,
): Promise<string | undefined> {
  for (const source of sources) {
    const workspace = workspaceOf(source);
    let problem: string | undefined;
    if (workspace !== undefined) problem = await changedSource(source, workspace, files, signal);
    else if (isWithin(source, shared) && !await exists(source, files, signal)) {
      problem = "it mounts the socket of a workspace that was disabled since; create the container again";
    }
    if (problem !== undefined) return `Cannot start the container '${container}': ${problem}`;
  }
  return undefined;
}

async function exists(path: string, files: LinkReader, signal: AbortSignal): Promise<boolean> {
  try {
    await files.readLink(path, signal);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    // Of anything else dockerd says what is wrong.
    return !(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory);
  }
}
