import { isWindlassError, WindlassError } from "../../errors/windlass_error.ts";
import type { Listener } from "../../platform/listener.ts";
import { isFolderOfMany } from "../../platform/windows/folder_rights.ts";
import { driveKind } from "../../platform/windows/drive_kind.ts";
import { findPipeOwner } from "../../platform/windows/pipe/pipe_owner.ts";
import { listenNamedPipe } from "../../platform/windows/pipe/named_pipe.ts";
import { PatientFiles } from "../../relay/paths/patient_files.ts";
import type { TranslateText } from "../../relay/paths/translate_path.ts";
import { windowsHostPaths } from "../../relay/paths/windows_host_paths.ts";
import { windowsPaths } from "../../relay/paths/windows_paths.ts";
import { restoreUserSettings } from "../../wsl/windows/user_settings.ts";
import { openWindowsWsl } from "../../wsl/windows/windows_wsl.ts";
import type { Home } from "../home.ts";
import type { Endpoint, Machine } from "./machine.ts";
import { pipeTaken } from "../clients/pipe_holder.ts";

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
  translateText,
  translatePath: (home, engineName, engineHas, resolveWorkspacePath) =>
    windowsHostPaths({
      translateText: translateText(home, engineName),
      files: new PatientFiles(),
      engineHas,
      engineDistro: engineName,
      resolveWorkspacePath,
    }),
};

function translateText(home: Home, engineName: () => string): TranslateText {
  return windowsPaths({ engineDistro: engineName, enginePipes: [home.dockerSocket], driveKind });
}

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
    throw pipeTaken(name, findPipeOwner(`\\\\.\\pipe\\${name}`));
  }
}
