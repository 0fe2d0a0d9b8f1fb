import { posix, win32 } from "node:path";
import { errorText } from "../errors/error_text.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { sha256 } from "../hashing/sha256.ts";
import { findStranger } from "../platform/this_own_folder.ts";
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
  /** Room that is kept for a full disk; see src/files/space_reserve.ts. */
  readonly reserveFile: string;
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
  /** What was imported; see src/provisioning/. */
  readonly distroRecord: string;
  /** What only updates use; see src/update/PROCESS.md. */
  readonly updateDirectory: string;
  /** State of the Linux wsl; unused on Windows. */
  readonly workspaceRecord: string;
  readonly wslDirectory: string;
}

/** Longest path of a unix socket in bytes: `sun_path` of unix(7) holds 108 with the terminating zero. */
const SOCKET_PATH_BYTES = 107;
/** Few enough to type, enough to keep the homes of one user apart. */
const HASH_DIGITS = 8;
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
      `Cannot use WINDLASS_HOME: the socket path '${dockerSocket}' has ${bytes} bytes, the limit is ${SOCKET_PATH_BYTES}`,
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
  // Windows ignores the case of a path, so the names made from it must, too.
  const isDefault = usual !== undefined && root.toLowerCase() === usual.toLowerCase();
  const instance = isDefault ? undefined : homeHash(root.toLowerCase());
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

/** Tells the homes of one user apart where a list holds entries of all of them. Pure. */
export function homeHash(root: string): string {
  return sha256(root).slice(0, HASH_DIGITS);
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
    reserveFile: join(root, "reserve"),
    settingsFile: join(root, "settings.json"),
    logDirectory: join(root, "logs"),
    distroDirectory: join(root, "distros"),
    distroRecord: join(root, "distros.json"),
    updateDirectory: join(root, "update"),
    workspaceRecord: join(root, "workspaces.json"),
    wslDirectory: join(root, "wsl"),
  };
}

/** Where the administrator of the machine decides for all its users; see src/settings/. Pure. */
export function policyFile(system: OperatingSystem): string {
  return system === "windows" ? "C:\\ProgramData\\Windlass\\policy.json" : "/etc/windlass/policy.json";
}

/**
 * Creates the folder of the instance, readable by its owner only.
 *
 * @throws {WindlassError} `WL_HOME_INVALID` if it cannot be created, is not a folder, or is not this user's alone.
 */
export async function createHome(home: Home): Promise<void> {
  // What lies there is run and believed, so nobody else may have put it there.
  const { root, distroDirectory, logDirectory, wslDirectory } = home;
  for (const path of [root, distroDirectory, logDirectory, wslDirectory]) await requireOwnFolder(root, path);
  try {
    await Deno.mkdir(home.root, { recursive: true, mode: 0o700 });
    await Deno.mkdir(home.logDirectory, { recursive: true, mode: 0o700 });
    await Deno.mkdir(home.distroDirectory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const state = errorText(cause);
    throw new WindlassError("WL_HOME_INVALID", `Cannot create '${home.root}': ${state}`, { cause });
  }
}

async function requireOwnFolder(root: string, path: string): Promise<void> {
  const stranger = await findStranger(path);
  if (stranger === undefined) return;
  const { path: part, owner } = stranger;
  if (owner === undefined) {
    throw new WindlassError("WL_HOME_INVALID", `Cannot use '${root}': other users can write to '${part}'`, {
      remedy: "Make sure that no one else has put anything into it, then run 'chmod go-w' on it, " +
        "or set WINDLASS_HOME to a folder of your own.",
    });
  }
  throw new WindlassError(
    "WL_HOME_INVALID",
    `Cannot use '${root}': '${part}' belongs to another user (user id ${owner})`,
    {
      remedy:
        "Set WINDLASS_HOME to a folder of your own, or start without the variables of the other user: " +
        "'sudo -H' instead of 'sudo -E', 'su -' instead of 'su'.",
    },
  );
}
