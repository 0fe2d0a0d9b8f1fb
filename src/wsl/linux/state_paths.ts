import { isAbsolute, join, resolve } from "node:path";
import { WindlassError } from "../../errors/windlass_error.ts";
import { sha256 } from "../../hashing/sha256.ts";

/** Every path and name of one instance of `wsl` for Linux. Two homes share none of them. */
export interface StatePaths {
  /** `$WINDLASS_HOME/wsl` */
  readonly folder: string;
  readonly registry: string;
  readonly serviceSocket: string;
  /** Locked by the service for as long as it lives. */
  readonly serviceLock: string;
  readonly serviceLog: string;
  /** The user's settings, as `%USERPROFILE%\.wslconfig` on Windows. */
  readonly settings: string;
  /** There while the shared part runs; after a crash it tells that something may be left to clean up. */
  readonly machineMark: string;
  /** An empty folder on which the shared root is built, in a mount namespace of its own. */
  readonly mountPoint: string;
  /** The folder of the host that distros see as drive C, and that paths such as `C:\srv` are in. */
  readonly driveC: string;
  /** Eight hexadecimal digits that name what this instance makes in the kernel: interface, table, cgroups. */
  readonly id: string;
}

/** `sun_path` of unix(7) holds 108 bytes with the terminating zero. */
const SOCKET_PATH_BYTES = 107;

/**
 * Where `wsl` keeps its state: in the folder `wsl` of WINDLASS_HOME, of `$XDG_DATA_HOME/windlass`, or of
 * `~/.local/share/windlass`. Drive C is the root, or the folder that WINDLASS_WSL_DRIVE_C names. Pure.
 *
 * @throws {WindlassError} `WL_HOME_INVALID` if a path is relative, missing or too long for a socket in it.
 */
export function statePaths(environment: Readonly<Record<string, string | undefined>>): StatePaths {
  const home = environment.WINDLASS_HOME || dataFolder(environment);
  if (!isAbsolute(home)) {
    throw new WindlassError("WL_HOME_INVALID", `Cannot use WINDLASS_HOME: '${home}' is not an absolute path`);
  }
  const driveC = environment.WINDLASS_WSL_DRIVE_C || "/";
  if (!isAbsolute(driveC)) {
    throw new WindlassError(
      "WL_HOME_INVALID",
      `Cannot use WINDLASS_WSL_DRIVE_C: '${driveC}' is not an absolute path`,
    );
  }
  const folder = join(home, "wsl");
  const serviceSocket = join(folder, "service.sock");
  const bytes = new TextEncoder().encode(serviceSocket).length;
  if (bytes > SOCKET_PATH_BYTES) {
    throw new WindlassError(
      "WL_HOME_INVALID",
      `Cannot use WINDLASS_HOME: the socket path '${serviceSocket}' has ${bytes} bytes, the limit is ${SOCKET_PATH_BYTES}`,
      { remedy: "Set WINDLASS_HOME to a shorter path." },
    );
  }
  return {
    folder,
    serviceSocket,
    registry: join(folder, "registry.json"),
    serviceLock: join(folder, "service.lock"),
    serviceLog: join(folder, "service.log"),
    settings: join(folder, ".wslconfig"),
    machineMark: join(folder, "running"),
    mountPoint: join(folder, "vm"),
    driveC: resolve(driveC),
    id: sha256(folder).slice(0, 8),
  };
}

/** The socket on which a running distro takes launches; no longer than the service's own. */
export function distroSocket(paths: Pick<StatePaths, "folder">, guid: string): string {
  return join(paths.folder, `d-${guid.slice(1, 9)}`);
}

function dataFolder(environment: Readonly<Record<string, string | undefined>>): string {
  if (environment.XDG_DATA_HOME) return join(environment.XDG_DATA_HOME, "windlass");
  if (environment.HOME) return join(environment.HOME, ".local/share/windlass");
  throw new WindlassError(
    "WL_HOME_INVALID",
    "Cannot find the data folder: neither WINDLASS_HOME nor HOME is set",
  );
}
