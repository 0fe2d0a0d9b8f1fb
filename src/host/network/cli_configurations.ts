import { join } from "node:path";
import { CLIENT_SOCKET } from "../../agent/protocol/distro_paths.ts";
import type { OperatingSystem } from "../../platform/operating_system.ts";
import type { Home } from "../home.ts";
import type { CliConfiguration } from "./container_proxies.ts";

/** Where the Docker CLIs of an instance are. */
export interface CliConfigurationsOptions {
  readonly home: Pick<Home, "root">;
  readonly system: OperatingSystem;
  /** Docker's configuration folder of the user; `undefined` if it is not known. */
  readonly dockerConfig: string | undefined;
  /** Every address that the instance may listen at, as `DOCKER_HOST` has it. */
  readonly addresses: readonly string[];
  /** Those that it listens at now. */
  readonly listening: () => readonly string[];
}

/** The configurations of the user's own Docker CLI, and of `windlass docker` where that has one of its own. Pure. */
export function cliConfigurations(options: CliConfigurationsOptions): CliConfiguration[] {
  const { home, system, dockerConfig, addresses, listening } = options;
  const configurations: CliConfiguration[] = [];
  if (dockerConfig !== undefined) configurations.push({ folder: dockerConfig, addresses, listening });
  if (system === "windows") {
    // That CLI runs in the engine distro.
    const inDistro = [`unix://${CLIENT_SOCKET}`];
    configurations.push({
      folder: join(home.root, "docker"),
      addresses: inDistro,
      listening: () => inDistro,
    });
  }
  return configurations;
}
