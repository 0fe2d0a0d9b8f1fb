import { cleanAbsolutePath, isWithin } from "./clean_path.ts";
import { ENGINE_SOCKET_NAMES, USER_SOCKET_REGEXP } from "./engine_sockets.ts";
import { isOfKernel, kernelPath } from "./kernel_paths.ts";
import { HOST_ROOT, isShared, type LinuxPathsOptions, onHostRoot } from "./linux_paths.ts";
import { unsharedMount } from "./machine_mounts.ts";
import { NOT_SEARCHED, PATH_BYTES, reasonAgainst } from "./path_reasons.ts";
import { reservedPath } from "./reserved_paths.ts";
import { type LinkReader, type ResolvedPath, resolveLinks } from "./resolve_links.ts";
import {
  ENGINE_SOCKET,
  type EngineHas,
  type PathUse,
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
    const refused = reasonAgainst(resolved, this.use) ??
      (this.use === "later" ? undefined : await this.#mountedLater(path));
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
    const { use, signal, options: { engineHas } } = this;
    const reserved = reservedPath(path);
    if (reserved !== undefined) return reserved;
    if (isOfKernel(path)) return await kernelPath(path, use, engineHas, signal);
    if (use === "later" || await engineHas(path, signal)) return path;
    return { refused: "it does not exist in the engine" };
  }
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
