import { cleanAbsolutePath, isWithin } from "./clean_path.ts";
import { ENGINE_SOCKET_NAMES } from "./engine_sockets.ts";
import { isOfKernel } from "./kernel_paths.ts";
import { ENGINE_SOCKET } from "./translate_path.ts";
import { DISTROS_FOLDER } from "../../agent/protocol/distro_paths.ts";

/** What the paths of a Linux machine are translated with. */
export interface LinuxPathsOptions {
  /** Where Windlass itself serves Docker clients: a container that mounts it gets the engine's socket. */
  readonly dockerSocket: string;
}

/** The root of the machine, as the engine distro sees it. */
export const HOST_ROOT = "/mnt/c";

/**
 * Translates paths of the Linux machine on which the client runs by their text; refuses none. Anything but an
 * absolute path is the name of a volume and stays.
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
    if (isWithin(path, HOST_ROOT) || isShared(path)) return undefined;
    return onHostRoot(path);
  };
}

/** Whether a clean path names the same on both sides. */
export function isShared(path: string): boolean {
  return isWithin(path, DISTROS_FOLDER) || isOfKernel(path);
}

/** The engine's name for a clean path of the machine. */
export function onHostRoot(path: string): string {
  return path === "/" ? HOST_ROOT : HOST_ROOT + path;
}
