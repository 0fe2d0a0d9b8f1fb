import { errorText } from "../../errors/error_text.ts";
import { isWindlassError } from "../../errors/windlass_error.ts";
import type { LinkReader } from "../../relay/paths/resolve_links.ts";
import type { TranslatePath } from "../../relay/paths/translate_path.ts";
import { workspacePaths } from "../../relay/paths/workspace_paths.ts";
import { RELAY_LIMITS } from "../../relay/relay_limits.ts";
import { sleep } from "../../timing/sleep.ts";
import { hasPath } from "../engine/has_path.ts";
import { workspaceRoot, workspaceSocket } from "../protocol/distro_paths.ts";
import type { Workspace } from "../protocol/workspace_messages.ts";
import type { RootKeeper } from "./root_keeper.ts";

/** What the paths of workspaces are translated with. */
export interface RootPathsOptions {
  readonly shared: string;
  readonly roots: Pick<RootKeeper, "attach" | "renew">;
  readonly files: LinkReader;
}

/** Translates the paths that clients in a workspace send, or that a client of the host sends for it. */
export function rootPaths(
  { name, token, automountRoot }: Workspace,
  { shared, roots, files }: RootPathsOptions,
): TranslatePath {
  return workspacePaths({
    name,
    automountRoot,
    socket: workspaceSocket(shared, token),
    root: {
      attach: (signal) => failureOf(roots.attach(name, signal)),
      renew: (signal) => failureOf(roots.renew(name, signal)),
    },
    files,
    mounts: {
      // As the first process of the distro sees them: its own process file system is part of its tree.
      workspace: () => Deno.readTextFile(`${workspaceRoot(name)}/proc/1/mountinfo`).catch(() => ""),
      engine: () => Deno.readTextFile("/proc/self/mountinfo"),
    },
    engineHas: patiently,
  });
}

/** What does not answer in time may exist: dockerd, which waits longer, decides. Rejects with the signal's reason. */
async function patiently(path: string, signal: AbortSignal, device?: string): Promise<boolean> {
  const over = new AbortController();
  const end = AbortSignal.any([signal, over.signal]);
  const late = sleep(RELAY_LIMITS.fileSystemMilliseconds, end).then(() => true);
  try {
    return await Promise.race([hasPath(path, device), late]);
  } finally {
    over.abort();
    signal.throwIfAborted();
  }
}

/** Why it has failed, in the middle of a sentence. Rejects with an error that is not about the workspace. */
async function failureOf(attached: Promise<void>): Promise<string | undefined> {
  try {
    await attached;
    return undefined;
  } catch (error) {
    if (!isWindlassError(error, "WL_WORKSPACE_FAILED")) throw error;
    return errorText(error).replace(/^Cannot/, "cannot");
  }
}
