import { WindlassError } from "../errors/windlass_error.ts";
import type { Listener } from "../platform/listener.ts";
import { listenUnixSocket } from "../platform/linux/unix_socket.ts";
import { OPERATING_SYSTEM } from "../platform/operating_system.ts";
import type { TranslatePath } from "../relay/host_paths.ts";
import { linuxPaths } from "../relay/linux_paths.ts";
import { createWsl } from "../wsl/create_wsl.ts";
import type { Wsl } from "../wsl/wsl.ts";
import type { Home } from "./home.ts";

/** What differs between operating systems, as the host and the commands use it. */
export interface Machine {
  /** The `wsl` that the instance's distros are registered with. */
  wsl(executable: string, home: Home): Wsl;
  /** Whether that `wsl` runs nothing but this instance's distros, so that it may be shut down with them. */
  readonly ownsWsl: boolean;
  /** Listens where this instance's Docker clients connect. @throws {WindlassError} `WL_SOCKET_BUSY`. */
  listen(home: Home): Promise<Listener>;
  /** How paths of this machine read inside the engine distro. */
  translatePath(home: Home): TranslatePath;
}

/** On Linux the executable is its own `wsl`, one for each instance. */
const LINUX: Machine = {
  wsl: (executable, home) =>
    createWsl({ command: [executable, "wsl"], environment: { WINDLASS_HOME: home.root } }),
  ownsWsl: true,
  listen: (home) => listenUnixSocket(home.dockerSocket),
  translatePath: (home) => linuxPaths({ dockerSocket: home.dockerSocket }),
};

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  switch (OPERATING_SYSTEM) {
    case "linux":
      return LINUX;
    case "windows":
      throw new WindlassError("WL_NOT_SUPPORTED", "Cannot run on Windows: this build is for Linux");
  }
}
