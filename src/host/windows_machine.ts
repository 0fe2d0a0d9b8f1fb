import { distroNames } from "../distro/distro_names.ts";
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
  translatePath: (home) =>
    windowsPaths({
      engineDistro: distroNames(home.instance).engine,
      enginePipes: [home.dockerSocket],
    }),
};

function endpoints(home: Home): readonly [Endpoint, ...Endpoint[]] {
  const own = { dockerHost: home.dockerHost, listen: () => listenNamedPipe(home.dockerSocket) };
  if (!home.isDefault) return [own];
  return [own, {
    dockerHost: `npipe:////./pipe/${COMMON_PIPE}`,
    listen: (again = false) => listenNamedPipe(COMMON_PIPE, { findOwner: !again }),
  }];
}
