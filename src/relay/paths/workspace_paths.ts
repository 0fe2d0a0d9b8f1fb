import { workspaceRoot, WORKSPACES_FOLDER } from "../../agent/protocol/distro_paths.ts";
import { cleanAbsolutePath, isWithin } from "./clean_path.ts";
import { ENGINE_SOCKET_NAMES, USER_SOCKET_REGEXP } from "./engine_sockets.ts";
import { isOfKernel, kernelPath } from "./kernel_paths.ts";
import { NOT_SEARCHED, PATH_BYTES, reasonAgainst } from "./path_reasons.ts";
import { reservedPath } from "./reserved_paths.ts";
import { type LinkReader, type ResolvedPath, resolveLinks } from "./resolve_links.ts";
import type { EngineHas, PathUse, TranslatedPath, TranslatePath } from "./translate_path.ts";
import { sharedName, unseenMount } from "./workspace_mounts.ts";

/** The file tree of a workspace in the engine. Both resolve to why it is not attached, as {@linkcode RefusedPath} says it. */
export interface WorkspaceRoot {
  /** Attaches it if it is not, for at least as long as it takes to create a container that needs it. */
  attach(signal: AbortSignal): Promise<string | undefined>;
  /** Attaches it again, with what has been mounted in the workspace since. Containers keep what they have. */
  renew(signal: AbortSignal): Promise<string | undefined>;
}

/** What {@linkcode workspacePaths} uses. */
export interface WorkspacePathsOptions {
  /** The name of the distro. */
  readonly name: string;
  /** Where it has its drives, such as `/mnt/`. */
  readonly automountRoot: string;
  /** The workspace's own socket, as the engine sees it: for containers that mount the socket of their engine. */
  readonly socket: string;
  readonly root: WorkspaceRoot;
  /** The files of the engine. */
  readonly files: LinkReader;
  /** The lists of mounts, as in /proc/self/mountinfo; empty if there is none. The workspace's is read once it is attached. */
  readonly mounts: {
    readonly workspace: () => Promise<string>;
    readonly engine: () => Promise<string>;
  };
  readonly engineHas: EngineHas;
}

/** A path that the engine knows under a name of its own wherever the workspace has it: a drive, or what all distros share. */
const SHARED_REGEXP = /^\/mnt\/([a-z]|wsl)(\/.*)?$/s;

/**
 * Translates paths of a client in a workspace, a distro of the user's. They mean that distro's files: links are followed
 * as it sees them, by reading its file tree in the engine.
 */
export function workspacePaths(options: WorkspacePathsOptions): TranslatePath {
  return (source, use, signal) => {
    // No absolute path is the name of a volume.
    if (!source.startsWith("/")) return undefined;
    const path = cleanAbsolutePath(source);
    if (ENGINE_SOCKET_NAMES.includes(path) || path === options.socket) return options.socket;
    return new WorkspacePath(options, use, signal).translate(source, path);
  };
}

class WorkspacePath {
  readonly #folder: string;
  readonly #automountRoot: string;

  constructor(
    private readonly options: WorkspacePathsOptions,
    private readonly use: PathUse,
    private readonly signal: AbortSignal,
  ) {
    this.#folder = workspaceRoot(options.name);
    this.#automountRoot = cleanAbsolutePath(options.automountRoot);
  }

  async translate(source: string, clean: string): Promise<TranslatedPath> {
    const { use, signal, options: { engineHas, root } } = this;
    if (clean !== WORKSPACES_FOLDER && isWithin(clean, WORKSPACES_FOLDER) && !this.#isOwn(clean)) {
      const [, name] = clean.slice(WORKSPACES_FOLDER.length).split("/");
      return { refused: `these are files of the workspace '${name}'; run the command there` };
    }
    if (NOT_SEARCHED.some((folder) => isWithin(clean, folder))) {
      return reservedPath(clean) ?? await kernelPath(clean, use, engineHas, signal);
    }
    const failure = await root.attach(signal);
    if (failure !== undefined) return { refused: failure };
    const resolved = await this.#resolveSource(source, clean);
    return await this.#translateResolved(resolved);
  }

  async #translateResolved(resolved: ResolvedPath): Promise<TranslatedPath> {
    const { use, signal, options: { engineHas, socket } } = this;
    const { path } = resolved;
    const shared = await this.#sharedName(path);
    if (shared === socket || ENGINE_SOCKET_NAMES.includes(path)) return socket;
    if (resolved.kind === "missing" && USER_SOCKET_REGEXP.test(path)) return socket;
    const engineName = shared ?? (isOfKernel(path) ? path : undefined);
    const reserved = engineName === undefined ? undefined : reservedPath(engineName);
    if (reserved !== undefined) return reserved;
    if (isOfKernel(path)) return await kernelPath(path, use, engineHas, signal);
    const refused = reasonAgainst(resolved, use);
    if (refused !== undefined) return { refused };
    if (shared !== undefined && !await this.#hasOwn(shared)) return shared;
    const unseen = await this.#unseen(path);
    return unseen === undefined ? this.#inEngine(path) : { refused: unseen };
  }

  /** A path as the engine names it is taken back to what it means in the workspace, which decides about it. */
  async #resolveSource(source: string, clean: string): Promise<ResolvedPath> {
    if (this.#isOwn(clean)) {
      // A `..` behind a link is followed from where the link leads, so the path is taken as it was written.
      const text = withoutFolder(source, this.#folder) ?? clean.slice(this.#folder.length);
      return await this.#resolve(text);
    }
    const own = await this.#resolve(source);
    const [, name, rest = ""] = SHARED_REGEXP.exec(clean) ?? [];
    if (name === undefined || this.#automountRoot === "/mnt" || own.kind === "found") return own;
    // Sent by containers and tools that repeat what the engine has told them.
    const path = `${this.#automountRoot === "/" ? "" : this.#automountRoot}/${name}`;
    if (await this.#sharedName(path) === undefined) return own;
    return await this.#resolve(path + rest);
  }

  /** Whether the workspace has a file of its own by the engine's name for another one, so that the name is ambiguous. */
  async #hasOwn(shared: string): Promise<boolean> {
    return this.#automountRoot !== "/mnt" && (await this.#resolve(shared)).kind === "found";
  }

  async #resolve(path: string): Promise<ResolvedPath> {
    // Nothing exists at such a path.
    if (path.length >= PATH_BYTES) return { kind: "unreadable", path: cleanAbsolutePath(path) };
    const { files } = this.options;
    const inWorkspace: LinkReader = {
      readLink: (path, signal) => files.readLink(this.#inEngine(path), signal),
    };
    return await resolveLinks(path, inWorkspace, { elsewhere: NOT_SEARCHED, signal: this.signal });
  }

  async #sharedName(path: string): Promise<string | undefined> {
    const { workspace, engine } = this.options.mounts;
    return sharedName(path, {
      automountRoot: this.#automountRoot,
      workspace: await workspace(),
      engine: await engine(),
    });
  }

  /** Why the engine would show the folder beneath a file system, which is not in the tree that it has. */
  async #unseen(path: string): Promise<string | undefined> {
    const { mounts, root } = this.options;
    const find = async () => unseenMount(path, this.#folder, await mounts.workspace(), await mounts.engine());
    if (await find() === undefined) return undefined;
    const failure = await root.renew(this.signal);
    if (failure !== undefined) return failure;
    const unseen = await find();
    return unseen === undefined
      ? undefined
      : `the file system at '${unseen}' cannot be shared with the engine; use a folder on another one, or a volume`;
  }

  #isOwn(clean: string): boolean {
    return isWithin(clean, this.#folder);
  }

  #inEngine(path: string): string {
    return path === "/" ? this.#folder : this.#folder + path;
  }
}

/** What follows the folder in a path that names it plainly, though perhaps with several slashes in place of one. */
function withoutFolder(source: string, folder: string): string | undefined {
  const parts = folder.slice(1).split("/");
  let at = 0;
  for (const part of parts) {
    if (source[at] !== "/") return undefined;
    while (source[at] === "/") at++;
    if (!source.startsWith(part, at)) return undefined;
    at += part.length;
  }
  const rest = source.slice(at);
  return rest === "" ? "/" : rest.startsWith("/") ? rest : undefined;
}
