import { containersToKeep, type DockerRequests } from "../update/docker_containers.ts";
import type { EngineToLeave } from "../update/switch_version.ts";
import type { EngineService } from "./engine_service.ts";

/** The running engine as a change of versions sees it. */
export function engineToLeave(
  { engine, idle }: Pick<EngineService, "engine" | "idle">,
  docker: DockerRequests,
): EngineToLeave {
  return {
    containers: (signal) => containersToKeep(docker, signal),
    unusedFor() {
      switch (engine.state.kind) {
        case "stopped":
        case "failed":
          return Infinity;
        case "running":
          return idle.unusedFor;
        default:
          return 0;
      }
    },
    async stopWhenUnused(quietMilliseconds) {
      if (engine.state.kind === "failed") await engine.stop();
      else if (engine.state.kind !== "stopped" && !await idle.stopIfUnused(quietMilliseconds)) return false;
      return engine.state.kind === "stopped"; // else somebody has come meanwhile, and it starts for them
    },
    stop: () => engine.stop(),
  };
}
