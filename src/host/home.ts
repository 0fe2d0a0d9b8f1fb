import { createHash } from "node:crypto";
import { posix, win32 } from "node:path";
import { WindlassError } from "../errors/windlass_error.ts";
import { OPERATING_SYSTEM, type OperatingSystem } from "../platform/operating_system.ts";

/** The variables that decide where an instance keeps its state. */
export interface HomeEnvironment {
  readonly WINDLASS_HOME?: string | undefined;
  readonly XDG_DATA_HOME?: string | undefined;
  readonly HOME?: string | undefined;
  readonly LOCALAPPDATA?: string | undefined;
}

/** Every path and name of an instance. All state lies under `root`; two instances with two roots share nothing. */
export interface Home {
  readonly root: string;
  /** Whether it is the one that a user has without `WINDLASS_HOME`. Only it is known to all Docker clients. */
  readonly isDefault: boolean;
  /**
   * Tells apart what Windows has one list of for all instances of a user, distros and pipes; left out for the
   * default home, and on Linux, where the lists are in the home.
   */
  readonly instance: string | undefined;
  /** Held by the host for as long as it runs. */
  readonly lockFile: string;
  /** The host's process id; a file of its own, since Windows lets nobody read a locked one. */
  readonly pidFile: string;
  /** Where the control API is and the token for it; see src/client/api_address.ts. */
  readonly apiAddressFile: string;
  /** What Docker clients connect to: the path of a socket, on Windows the name of a pipe without `\\.\pipe\`. */
  readonly dockerSocket: string;
  /** The same, as `DOCKER_HOST` and Docker contexts write it. */
  readonly dockerHost: string;
  /** What the user has set; see src/settings/. */
  readonly settingsFile: string;
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
/** Digits of an instance's hash: few enough to type, enough that no two homes of a user meet. */
const INSTANCE_DIGITS = 8;
const PIPE_NAME = "windlass_engine";
/** A folder of a local disk. wsl keeps disks there, which it cannot on a share of the network. */
const WINDOWS_ROOT_REGEXP = /^[A-Za-z]:\\/;

/**
 * Where this instance lives: `WINDLASS_HOME`, else `$XDG_DATA_HOME/windlass`, else `~/.local/share/windlass`; on
 * Windows `WINDLASS_HOME`, else `%LOCALAPPDATA%\Windlass`. Pure: nothing is created.
 *
 * @throws {WindlassError} `WL_HOME_INVALID` if the path is relative, missing, or unfit for what lies in it.
 *
 * @example
 * ```ts
 * import { resolveHome } from "./home.ts";
 *
 * resolveHome({ WINDLASS_HOME: "/srv/windlass" }, "linux").dockerSocket; // "/srv/windlass/docker.sock"
 * ```
 */
export function resolveHome(
  environment: HomeEnvironment,
  system: OperatingSystem = OPERATING_SYSTEM,
): Home {
  return system === "windows" ? windowsHome(environment) : linuxHome(environment);
}

function linuxHome(environment: HomeEnvironment): Home {
  const usual = linuxDataFolder(environment);
  const root = environment.WINDLASS_HOME || usual;
  if (root === undefined) {
    throw new WindlassError(
      "WL_HOME_INVALID",
      "Cannot find the data folder: neither WINDLASS_HOME nor HOME is set",
    );
  }
  if (!posix.isAbsolute(root)) throw notAbsolute(root);
  const clean = cleanLinuxPath(root);
  const dockerSocket = posix.join(clean, "docker.sock");
  const bytes = new TextEncoder().encode(dockerSocket).length;
  if (bytes > SOCKET_PATH_BYTES) {
    throw new WindlassError(
      "WL_HOME_INVALID",
      `Cannot use WINDLASS_HOME: the socket path '${dockerSocket}' has ${bytes} bytes, the system allows ${SOCKET_PATH_BYTES}`,
      { remedy: "Set WINDLASS_HOME to a shorter path." },
    );
  }
  return {
    ...filesIn(clean, posix.join),
    isDefault: usual !== undefined && clean === cleanLinuxPath(usual),
    instance: undefined,
    dockerSocket,
    dockerHost: `unix://${dockerSocket}`,
  };
}

function linuxDataFolder({ XDG_DATA_HOME, HOME }: HomeEnvironment): string | undefined {
  if (XDG_DATA_HOME) return posix.join(XDG_DATA_HOME, "windlass");
  return HOME ? posix.join(HOME, ".local/share/windlass") : undefined;
}

function cleanLinuxPath(path: string): string {
  return posix.normalize(path).replace(/(?<=.)\/$/, "");
}

function windowsHome({ WINDLASS_HOME, LOCALAPPDATA }: HomeEnvironment): Home {
  const usual = LOCALAPPDATA ? cleanWindowsPath(win32.join(LOCALAPPDATA, "Windlass")) : undefined;
  const root = WINDLASS_HOME ? cleanWindowsPath(WINDLASS_HOME) : usual;
  if (root === undefined) {
    throw new WindlassError(
      "WL_HOME_INVALID",
      "Cannot find the data folder: neither WINDLASS_HOME nor LOCALAPPDATA is set",
    );
  }
  if (!win32.isAbsolute(root)) throw notAbsolute(WINDLASS_HOME ?? root);
  if (!WINDOWS_ROOT_REGEXP.test(root)) {
    throw new WindlassError(
      "WL_HOME_INVALID",
      `Cannot use WINDLASS_HOME: '${root}' is not on a drive of this machine`,
      { remedy: "Set WINDLASS_HOME to a folder such as 'D:\\Windlass', or unset it." },
    );
  }
  // Windows does not tell apart the case of a path, so neither may the names made from it.
  const isDefault = usual !== undefined && root.toLowerCase() === usual.toLowerCase();
  const instance = isDefault ? undefined : instanceOf(root);
  const dockerSocket = instance === undefined ? PIPE_NAME : `${PIPE_NAME}-${instance}`;
  return {
    ...filesIn(root, win32.join),
    isDefault,
    instance,
    dockerSocket,
    dockerHost: `npipe:////./pipe/${dockerSocket}`,
  };
}

function cleanWindowsPath(path: string): string {
  return win32.normalize(path).replace(/(?<=[^:])\\$/, "");
}

function instanceOf(root: string): string {
  return createHash("sha256").update(root.toLowerCase()).digest("hex").slice(0, INSTANCE_DIGITS);
}

function notAbsolute(root: string): WindlassError {
  return new WindlassError(
    "WL_HOME_INVALID",
    `Cannot use WINDLASS_HOME: '${root}' is not an absolute path`,
  );
}

function filesIn(root: string, join: (...parts: string[]) => string) {
  return {
    root,
    lockFile: join(root, "host.lock"),
    pidFile: join(root, "host.pid"),
    apiAddressFile: join(root, "api.json"),
    settingsFile: join(root, "settings.json"),
    logDirectory: join(root, "logs"),
    distroDirectory: join(root, "distros"),
    distroRecord: join(root, "distros.json"),
    wslDirectory: join(root, "wsl"),
  };
}

/** Where whoever manages the machine decides for all its users; see src/settings/. Pure. */
export function policyFile(system: OperatingSystem): string {
  return system === "windows" ? "C:\\ProgramData\\Windlass\\policy.json" : "/etc/windlass/policy.json";
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
