import { listenUnixSocket } from "../platform/linux/unix_socket.ts";
import { linuxPaths } from "../relay/linux_paths.ts";
import { createWsl } from "../wsl/create_wsl.ts";
import type { Machine } from "./machine.ts";

/** On Linux the executable is its own `wsl`, one for each instance. */
export const LINUX: Machine = {
  wsl: (executable, home) =>
    createWsl({ command: [executable, "wsl"], environment: { WINDLASS_HOME: home.root } }),
  ownsWsl: true,
  restoreUserSettings: () => {},
  endpoints: (home) => [{
    dockerHost: home.dockerHost,
    listen: () => listenUnixSocket(home.dockerSocket),
  }],
  checkHome() {}, // each file has its own rights
  translatePath: (home) => linuxPaths({ dockerSocket: home.dockerSocket }),
};
