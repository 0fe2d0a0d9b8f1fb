import type { Listener } from "../../platform/listener.ts";
import type {
  EngineHas,
  ResolveWorkspacePath,
  TranslatePath,
  TranslateText,
} from "../../relay/paths/translate_path.ts";
import type { Wsl } from "../../wsl/wsl.ts";
import type { Home } from "../home.ts";

/** One place where Docker clients look for an engine. */
export interface Endpoint {
  /** As `DOCKER_HOST` writes it. */
  readonly dockerHost: string;
  /**
   * @param again Whether it has failed before: the program that listens there need not be found out once more.
   * @throws {WindlassError} `WL_SOCKET_BUSY` while another program is listening there.
   */
  listen(again?: boolean): Promise<Listener>;
}

/** What differs between operating systems, as the host and the commands use it. */
export interface Machine {
  /**
   * The `wsl` that the instance's distros are registered with.
   *
   * @throws {WindlassError} Why there is none that works, as far as that can be seen without calling it.
   */
  wsl(executable: string, home: Home): Wsl;
  /** Whether that `wsl` runs nothing but this instance's distros, so that it may be shut down with them. */
  readonly ownsWsl: boolean;
  /** Puts back what was changed for the user outside of the home. After the last distro is gone. */
  restoreUserSettings(): void;
  /** The instance's own endpoint; after it those that it takes as long as nobody else has them. */
  endpoints(home: Home): readonly [own: Endpoint, ...shared: Endpoint[]];
  /** Throws what is wrong with a home that works all the same. */
  checkHome(home: Home): void;
  /** How paths of this machine read inside the engine distro by their text. Its name is asked for when it matters. */
  translateText(home: Home, engineName: () => string): TranslateText;
  /**
   * The same for the paths in requests, which are looked up on this machine and, if they are the engine's, there.
   *
   * @param resolveWorkspacePath For paths of the user's distros, where the machine has names for them.
   */
  translatePath(
    home: Home,
    engineName: () => string,
    engineHas: EngineHas,
    resolveWorkspacePath?: ResolveWorkspacePath,
  ): TranslatePath;
}
