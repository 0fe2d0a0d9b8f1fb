import { isAbsolute, join } from "node:path";
import { WindlassError } from "../errors/windlass_error.ts";

/** The variables that decide where an instance keeps its state. */
export interface HomeEnvironment {
  readonly WINDLASS_HOME?: string | undefined;
  readonly XDG_DATA_HOME?: string | undefined;
  readonly HOME?: string | undefined;
}

/** Every path of an instance. All state lies under `root`; two instances with two roots share nothing. */
export interface Home {
  readonly root: string;
  /** Held by the host for as long as it runs. */
  readonly lockFile: string;
  /** The control API. */
  readonly controlSocket: string;
  /** What Docker clients connect to. */
  readonly dockerSocket: string;
  readonly logDirectory: string;
  /** Where the distros' disks are; one folder each. */
  readonly distroDirectory: string;
  /** What was imported; see src/distro/. */
  readonly distroRecord: string;
  /** State of the Linux wsl; unused on Windows. */
  readonly wslDirectory: string;
}

/** Longest path of a unix socket in bytes: `sun_path` of unix(7) holds 108 with the terminating zero. */
const SOCKET_PATH_BYTES = 107;

/**
 * Where this instance lives: `WINDLASS_HOME`, else `$XDG_DATA_HOME/windlass`, else `~/.local/share/windlass`.
 * Pure: nothing is created.
 *
 * @throws {WindlassError} `WL_HOME_INVALID` if the path is relative, missing or too long for a socket in it.
 *
 * @example
 * ```ts
 * import { resolveHome } from "./home.ts";
 *
 * resolveHome({ WINDLASS_HOME: "/srv/windlass" }).dockerSocket; // "/srv/windlass/docker.sock"
 * ```
 */
export function resolveHome(environment: HomeEnvironment): Home {
  const root = environment.WINDLASS_HOME || dataFolder(environment);
  if (!isAbsolute(root)) {
    throw new WindlassError("WL_HOME_INVALID", `Cannot use WINDLASS_HOME: '${root}' is not an absolute path`);
  }
  const clean = join(root, ".").replace(/(?<=.)\/$/, "");
  const home: Home = {
    root: clean,
    lockFile: join(clean, "host.lock"),
    controlSocket: join(clean, "host.sock"),
    dockerSocket: join(clean, "docker.sock"),
    logDirectory: join(clean, "logs"),
    distroDirectory: join(clean, "distros"),
    distroRecord: join(clean, "distros.json"),
    wslDirectory: join(clean, "wsl"),
  };
  const bytes = new TextEncoder().encode(home.dockerSocket).length;
  if (bytes > SOCKET_PATH_BYTES) {
    throw new WindlassError(
      "WL_HOME_INVALID",
      `Cannot use WINDLASS_HOME: the socket path '${home.dockerSocket}' has ${bytes} bytes, the system allows ${SOCKET_PATH_BYTES}`,
      { remedy: "Set WINDLASS_HOME to a shorter path." },
    );
  }
  return home;
}

function dataFolder(environment: HomeEnvironment): string {
  if (environment.XDG_DATA_HOME) return join(environment.XDG_DATA_HOME, "windlass");
  if (environment.HOME) return join(environment.HOME, ".local/share/windlass");
  throw new WindlassError(
    "WL_HOME_INVALID",
    "Cannot find the data folder: neither WINDLASS_HOME nor HOME is set",
  );
}

/**
 * Creates the folder of the instance, readable by its owner only.
 *
 * @throws {WindlassError} `WL_HOME_INVALID` if it cannot be created or is no folder.
 */
export async function createHome(home: Home): Promise<void> {
  try {
    await Deno.mkdir(home.root, { recursive: true, mode: 0o700 });
    await Deno.mkdir(home.logDirectory, { recursive: true, mode: 0o700 });
    await Deno.mkdir(home.distroDirectory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const state = cause instanceof Error ? cause.message : String(cause);
    throw new WindlassError("WL_HOME_INVALID", `Cannot create '${home.root}': ${state}`, { cause });
  }
}
