import { listenUnixSocket } from "../../platform/linux/unix_socket.ts";
import { linuxHostPaths } from "../../relay/paths/linux_host_paths.ts";
import { linuxPaths } from "../../relay/paths/linux_paths.ts";
import { PatientFiles } from "../../relay/paths/patient_files.ts";
import { createWsl } from "../../wsl/create_wsl.ts";
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
  translateText: (home) => linuxPaths({ dockerSocket: home.dockerSocket }),
  translatePath: (home, _engineName, engineHas) =>
    linuxHostPaths({
      dockerSocket: home.dockerSocket,
      files: new PatientFiles(),
      mounts: () => Deno.readTextFileSync("/proc/self/mountinfo"),
      engineHas,
    }),
};
