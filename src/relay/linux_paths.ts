import { ENGINE_SOCKET } from "./translate_path.ts";

/** What the paths of a Linux machine are translated with. */
export interface LinuxPathsOptions {
  /** Where Windlass itself serves Docker clients: a container that mounts it gets the engine's socket. */
  readonly dockerSocket: string;
}

/** The root of the machine, as the engine distro sees it. */
const HOST_ROOT = "/mnt/c";
/** Sockets where a container expects the engine that runs it, wherever the client is. */
const ENGINE_SOCKET_NAMES: readonly string[] = [ENGINE_SOCKET, "/var/run/docker.sock"];
/** Folders that are the same on both sides, and those which already are translations. */
const SHARED_ROOTS: readonly string[] = [HOST_ROOT, "/mnt/wsl"];

/**
 * Translates paths of the Linux machine on which the client runs; refuses none. What is no absolute path is the
 * name of a volume and stays.
 *
 * @example `linuxPaths({ dockerSocket })("/home/me/project")` is `/mnt/c/home/me/project`.
 */
export function linuxPaths(options: LinuxPathsOptions): (source: string) => string | undefined {
  const dockerSocket = cleanAbsolutePath(options.dockerSocket);
  return (source) => {
    if (!source.startsWith("/")) return undefined;
    const path = cleanAbsolutePath(source);
    if (ENGINE_SOCKET_NAMES.includes(path)) return undefined;
    if (path === dockerSocket) return ENGINE_SOCKET;
    if (SHARED_ROOTS.some((root) => path === root || path.startsWith(`${root}/`))) return undefined;
    return path === "/" ? HOST_ROOT : HOST_ROOT + path;
  };
}

/**
 * The path without empty parts, `.` and `..`, as the engine cleans it too: a `..` at the root leads nowhere.
 *
 * @example `cleanAbsolutePath("//a/./b/../c/")` is `/a/c`.
 */
export function cleanAbsolutePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
