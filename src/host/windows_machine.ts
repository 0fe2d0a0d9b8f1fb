import { isWindlassError, WindlassError } from "../errors/windlass_error.ts";
import type { Listener } from "../platform/listener.ts";
import { isFolderOfMany } from "../platform/windows/folder_rights.ts";
import { driveKind } from "../platform/windows/drive_kind.ts";
import { listenNamedPipe } from "../platform/windows/named_pipe.ts";
import { windowsPaths } from "../relay/windows_paths.ts";
import { restoreUserSettings } from "../wsl/windows/user_settings.ts";
import { openWindowsWsl } from "../wsl/windows/windows_wsl.ts";
import type { Home } from "./home.ts";
import type { Endpoint, Machine } from "./machine.ts";

/** Where every Docker client of Windows looks first. */
const COMMON_PIPE = "docker_engine";

/** On Windows all instances of a user share one `wsl`, and its list of distros. */
export const WINDOWS: Machine = {
  wsl: () => openWindowsWsl(),
  ownsWsl: false,
  restoreUserSettings,
  endpoints,
  checkHome(home) {
    if (!isFolderOfMany(home.root)) return;
    throw new WindlassError(
      "WL_HOME_OPEN",
      `Cannot keep '${home.root}' private: other users of this machine have rights there`,
    );
  },
  translatePath: (home, engineName) =>
    windowsPaths({
      engineDistro: engineName,
      enginePipes: [home.dockerSocket],
      driveKind,
    }),
};

function endpoints(home: Home): readonly [Endpoint, ...Endpoint[]] {
  const own = { dockerHost: home.dockerHost, listen: () => listenOnOwnPipe(home.dockerSocket) };
  if (!home.isDefault) return [own];
  return [own, {
    dockerHost: `npipe:////./pipe/${COMMON_PIPE}`,
    listen: (again = false) => listenNamedPipe(COMMON_PIPE, { findOwner: !again }),
  }];
}

/** Pipes are named for the whole machine, so another user's Windlass may have the name. */
async function listenOnOwnPipe(name: string): Promise<Listener> {
  try {
    return await listenNamedPipe(name);
  } catch (error) {
    if (!isWindlassError(error, "WL_SOCKET_BUSY")) throw error;
    throw new WindlassError(error.code, error.message, {
      cause: error,
      remedy: "End that program, or set WINDLASS_HOME to a folder of your own, which gets a pipe of its own.",
    });
  }
}
