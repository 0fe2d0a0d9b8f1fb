/** What host and agent say to each other about workspaces: the user's distros in which Windlass is switched on. */
import { isCount, isJson, isMember, isText, type Json } from "./json_guards.ts";

/** A distro of the user's in which Windlass is switched on, as the agent serves it. */
export interface Workspace {
  /** As WSL knows the distro. */
  readonly name: string;
  /** The folder of its socket: 32 hexadecimal digits, so that no other distro finds it. */
  readonly token: string;
  /** Owner, group and permission bits of its socket. */
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  /** Where the distro sees drives and the folder of all distros, with a slash at its end: `/mnt/`, or `/`. */
  readonly automountRoot: string;
}

/** What becomes of a path that does not exist, as in src/relay/paths/translate_path.ts. */
export type WorkspacePathUse = "create" | "require" | "later";

/** What the host may ask of an agent about workspaces. An agent of an earlier version does not answer. */
export type WorkspaceRequest =
  /** The workspaces from now on. Answered once their sockets are open, and those of others closed. */
  | { readonly id: number; readonly method: "workspaces"; readonly workspaces: readonly Workspace[] }
  /**
   * Stop Docker, stay and listen: the next client starts it again. Answered once Docker has stopped, or with an error
   * if a client came meanwhile.
   */
  | { readonly id: number; readonly method: "rest" }
  /** A path of a workspace, sent by a client of the host. Answered with {@linkcode ResolvedWorkspacePath}. */
  | {
    readonly id: number;
    readonly method: "resolve-workspace-path";
    readonly workspace: string;
    /** Absolute, as the distro sees it. */
    readonly path: string;
    readonly use: WorkspacePathUse;
  }
  /**
   * A container is about to be started by a client of the host. Answered with `null` once the files of workspaces that
   * it mounts are at hand, or with why they are not, as one sentence.
   */
  | { readonly id: number; readonly method: "prepare-start"; readonly container: string };

/** The answer to `resolve-workspace-path`. */
export type ResolvedWorkspacePath =
  /** The engine's name for the path. */
  | { readonly path: string }
  /** Why no container can have it; ends the sentence "Cannot mount '<path>': ". */
  | { readonly refused: string };

/** Requests of workspaces' clients that are under way, the oldest of each kind. */
export interface WorkspaceUse {
  readonly what: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

const TOKEN_REGEXP = /^[0-9a-f]{32}$/;
/** WSL takes names of letters, digits, '.', '_' and '-'; earlier ones had spaces and other letters as well. */
const NAME_REGEXP = /^[\p{L}\p{N}_][\p{L}\p{N}._ +-]*$/u;
/** Longest name of a folder, in bytes of UTF-8. */
const NAME_BYTES = 255;
/** Longest path that Linux takes, in characters. */
const PATH_CHARACTERS = 4096;
const ID_MAXIMUM = 0xffff_fffe;
const PERMISSION_BITS = 0o777;
const USES: ReadonlySet<string> = new Set<WorkspacePathUse>(["create", "require", "later"]);

/** Whether a distro's name can be the name of a folder that mounts can be written with. */
export function isWorkspaceName(value: unknown): value is string {
  return isText(value) && NAME_REGEXP.test(value) && new TextEncoder().encode(value).length <= NAME_BYTES;
}

function isId(value: unknown): boolean {
  return isCount(value) && value <= ID_MAXIMUM;
}

/** Whether `value` is an absolute path with neither `..` nor characters that end a line. */
function isFolder(value: unknown): boolean {
  return isText(value) && value.length <= PATH_CHARACTERS && /^\/(?:[^\p{Cc}]*\/)?$/u.test(value) &&
    !value.split("/").includes("..");
}

/** Whether `value` is a workspace with all its parts. */
export function isWorkspace(value: unknown): value is Workspace {
  return isJson(value) && isWorkspaceName(value.name) && isText(value.token) &&
    TOKEN_REGEXP.test(value.token) &&
    isId(value.uid) && isId(value.gid) && isCount(value.mode) && value.mode <= PERMISSION_BITS &&
    isFolder(value.automountRoot);
}

/** Whether a message with an `id` is a request about workspaces. */
export function isWorkspaceRequest(value: Json): boolean {
  switch (value.method) {
    case "workspaces":
      return Array.isArray(value.workspaces) && value.workspaces.every(isWorkspace) &&
        new Set(value.workspaces.map(({ name }) => name)).size === value.workspaces.length;
    case "rest":
      return true;
    case "resolve-workspace-path":
      return isWorkspaceName(value.workspace) && isText(value.path) && isMember(USES, value.use);
    case "prepare-start":
      return isText(value.container);
    default:
      return false;
  }
}

/** Whether `value` is the answer to `resolve-workspace-path`. */
export function isResolvedWorkspacePath(value: unknown): value is ResolvedWorkspacePath {
  return isJson(value) && (isText(value.path) !== isText(value.refused));
}

/** Whether `value` is a list of requests under way. */
export function areWorkspaceUses(value: unknown): value is readonly WorkspaceUse[] {
  return Array.isArray(value) && value.every((use) => isJson(use) && isText(use.what) && isText(use.since));
}
