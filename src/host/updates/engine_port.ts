import type { SettingsStore } from "../../settings/settings_store.ts";
import { containersToKeep, type DockerRequests } from "../../update/change/docker_containers.ts";
import type { EnginePort } from "../../update/ports.ts";
import type { EngineService } from "../engine/engine_service.ts";
import { engineWarnings } from "../engine/engine_state.ts";
import type { InstanceDistros } from "../engine/instance_distros.ts";

/** What {@linkcode enginePort} joins. */
export interface EnginePortOptions {
  readonly service: Pick<EngineService, "engine" | "idle">;
  readonly docker: DockerRequests;
  readonly distros: InstanceDistros;
  readonly settings: Pick<SettingsStore, "values">;
}

/** The running engine and the engine distros, as a change of versions sees them. */
export function enginePort({ service, docker, distros, settings }: EnginePortOptions): EnginePort {
  const { engine, idle } = service;
  return {
    get keptBy() {
      return idle.keptBy;
    },
    containers: (signal) => containersToKeep(docker, signal),
    unusedFor() {
      switch (engine.state.kind) {
        case "stopped":
        case "resting":
        case "failed":
          return Infinity;
        case "running":
          return idle.unusedFor;
        default:
          return 0;
      }
    },
    async stopWhenUnused(quietMilliseconds) {
      if (engine.state.kind === "failed" || engine.isResting) await engine.stop();
      else if (engine.state.kind !== "stopped" && !await idle.stopIfUnused(quietMilliseconds)) return false;
      return engine.state.kind === "stopped"; // else somebody has come meanwhile, and it starts for them
    },
    stop: () => engine.stop(),
    prepare: ({ version, signal, progress }) =>
      distros.prepare({
        version,
        // Options that this version's dockerd refuses as well do not speak against the next one.
        daemonOptions: engineWarnings(engine.state).length > 0 ? {} : settings.values["engine.daemonOptions"],
        signal,
        progress: ({ done, total }) => progress({ done, total }),
      }),
    removeOthers: (signal) => distros.removeOthers({ signal }),
  };
}
