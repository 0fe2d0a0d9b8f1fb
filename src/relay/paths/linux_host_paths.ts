import { cleanAbsolutePath, isWithin } from "./clean_path.ts";
import {
  ENGINE_SOCKET_NAMES,
  HOST_ROOT,
  isOfKernel,
  isShared,
  type LinuxPathsOptions,
  onHostRoot,
} from "./linux_paths.ts";
import { unsharedMount } from "./machine_mounts.ts";
import { RELAY_LIMITS } from "../relay_limits.ts";
import { type LinkReader, type ResolvedPath, resolveLinks } from "./resolve_links.ts";
import {
  ENGINE_SOCKET,
  type EngineHas,
  type PathUse,
  SOURCE_MISSING,
  type TranslatedPath,
  type TranslatePath,
} from "./translate_path.ts";

/** What {@linkcode linuxHostPaths} uses. */
export interface LinuxHostPathsOptions extends LinuxPathsOptions {
  /** The machine's files. */
  readonly files: LinkReader;
  /** The machine's list of mounts, as in /proc/self/mountinfo. */
  readonly mounts: () => string;
  readonly engineHas: EngineHas;
}

/** Already translated: containers that create other containers send such paths. */
const TRANSLATED_REGEXP = /^\/+mnt\/+c(?=\/|$)/;
/** Where engines for one user have their sockets. */
const USER_SOCKET_REGEXP = /^\/run\/user\/\d+\/docker\.sock$|\/\.docker\/(?:run|desktop)\/docker\.sock$/;
/** The kernel takes no longer path (PATH_MAX), so nothing exists at one; the engine says so. */
const PATH_BYTES = 4096;
/** The kernel makes their links, and some depend on the process that reads them. */
const NOT_SEARCHED: readonly string[] = ["/proc", "/sys"];

/**
 * Translates paths of the Linux machine on which the client runs, with the links in them followed there: the engine
 * would follow them among its own files.
 */
export function linuxHostPaths(options: LinuxHostPathsOptions): TranslatePath {
  return (source, use, signal) => {
    // No absolute path is the name of a volume.
    if (!source.startsWith("/")) return undefined;
    if (ENGINE_SOCKET_NAMES.includes(cleanAbsolutePath(source))) return undefined;
    if (source.length >= PATH_BYTES) return onHostRoot(cleanAbsolutePath(source));
    return new LinuxPath(options, use, signal).translate(source);
  };
}

class LinuxPath {
  constructor(
    private readonly options: LinuxHostPathsOptions,
    private readonly use: PathUse,
    private readonly signal: AbortSignal,
  ) {}

  async translate(source: string): Promise<TranslatedPath> {
    const resolved = await this.#resolveSource(source);
    const { path } = resolved;
    if (await this.#isEngineSocket(resolved)) return ENGINE_SOCKET;
    if (isShared(path)) return await this.#ofEngine(path);
    const refused = this.use === "later"
      ? silence(resolved)
      : reasonAgainst(resolved, this.use) ?? await this.#mountedLater(path);
    return refused === undefined ? onHostRoot(path) : { refused };
  }

  /** A machine may have a `/mnt/c` of its own, as one that also starts Windows does: then what exists decides. */
  async #resolveSource(source: string): Promise<ResolvedPath> {
    const clean = cleanAbsolutePath(source);
    if (!isWithin(clean, HOST_ROOT)) return await this.#resolve(source);
    const text = TRANSLATED_REGEXP.test(source) ? source : clean;
    const translated = await this.#resolve(text.replace(TRANSLATED_REGEXP, "") || "/");
    if (translated.kind === "found") return translated;
    const own = await this.#resolve(source);
    if (own.kind === "found" || (await this.#resolve(HOST_ROOT)).kind === "found") return own;
    return translated;
  }

  #resolve(path: string): Promise<ResolvedPath> {
    const { signal } = this;
    return resolveLinks(path, this.options.files, { elsewhere: NOT_SEARCHED, signal });
  }

  async #isEngineSocket({ kind, path }: ResolvedPath): Promise<boolean> {
    if (ENGINE_SOCKET_NAMES.includes(path)) return true;
    if (kind === "missing") return USER_SOCKET_REGEXP.test(path);
    const { dockerSocket } = this.options;
    // Links are followed in both, so that their last names are the same if they are.
    if (kind !== "found" || lastName(path) !== lastName(dockerSocket)) return false;
    return path === (await this.#resolve(dockerSocket)).path;
  }

  /** Why the engine would show the empty folder beneath a file system. */
  async #mountedLater(path: string): Promise<string | undefined> {
    const mount = unsharedMount(this.options.mounts(), path);
    if (mount === undefined) return undefined;
    const point = HOST_ROOT + mount.escapedPoint;
    if (await this.options.engineHas(point, this.signal, mount.device)) return undefined;
    return `the file system at '${mount.escapedPoint}' was mounted after the engine was started; ` +
      "run 'windlass restart', or 'mount --make-rshared /' before the next start";
  }

  /** A path of the engine: only what exists there, since nothing may be made there by surprise. */
  async #ofEngine(path: string): Promise<TranslatedPath> {
    if (this.use === "later" || await this.options.engineHas(path, this.signal)) return path;
    if (!isOfKernel(path)) return { refused: "it does not exist in the engine" };
    const folder = `/${path.split("/")[1]}`;
    return { refused: `containers get the engine's own '${folder}', where it does not exist` };
  }
}

function silence(resolved: ResolvedPath): string | undefined {
  if (resolved.kind !== "silent") return undefined;
  const seconds = RELAY_LIMITS.fileSystemMilliseconds / 1000;
  return `the file system of '${resolved.at}' did not answer within ${seconds} s`;
}

/** Why the engine cannot mount it, or could only make a folder where none is wanted. */
function reasonAgainst(resolved: ResolvedPath, use: PathUse): string | undefined {
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
      return silence(resolved);
  }
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
