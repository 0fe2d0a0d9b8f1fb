import type { Problem } from "../../api/resources/problems.ts";
import type { Status } from "../../api/resources/status.ts";
import type { WorkspaceSummary } from "../../api/resources/workspaces.ts";
import type { UpdateStatus } from "../../api/resources/updates.ts";
import { problemOf } from "../../errors/problem_of.ts";
import { VERSION } from "../../version.ts";
import type { DockerEndpoints } from "../clients/docker_endpoints.ts";
import { type EngineState, engineStatus, engineWarnings } from "../engine/engine_state.ts";
import type { IdleWatch } from "../engine/idle_watch.ts";
import type { InstanceDistros } from "../engine/instance_distros.ts";
import type { InstanceSettings } from "../instance_settings.ts";
import { statusWarnings } from "./status_warnings.ts";

/** As `HostUpdates` has it. */
interface StatusOfUpdates {
  readonly updater: { status(): UpdateStatus };
  warnings(): readonly Problem[];
}

/** The parts of a running host that its status is read from. */
export interface StatusSources {
  readonly processId: number;
  /** The instance's own endpoint, as `DOCKER_HOST` has it. */
  readonly dockerHost: string;
  readonly engine: { readonly state: EngineState };
  readonly idle: Pick<IdleWatch, "keptBy" | "stopsAt">;
  readonly distros: Pick<InstanceDistros, "engineName" | "rootfsId">;
  readonly endpoints: Pick<DockerEndpoints, "listening" | "warnings">;
  readonly settings: Pick<InstanceSettings, "problems">;
  /** What failed at the start without preventing it. */
  readonly startProblems: readonly Problem[];
  /** Absent if the update records could not be opened. */
  readonly updates: StatusOfUpdates | undefined;
  readonly workspaces: { readonly summaries: readonly WorkspaceSummary[] };
  readonly network: { warnings(): readonly Problem[] };
}

/** The status of a running host, as the API answers it. Pure. */
export function hostStatus(sources: StatusSources): Status {
  const { processId, dockerHost, engine, idle, distros, endpoints, settings, startProblems } = sources;
  const { updates, workspaces, network } = sources;
  return {
    version: VERSION,
    host: { pid: processId },
    engine: engineStatus(engine.state, {
      dockerHost,
      listening: [...endpoints.listening],
      keptBy: [...idle.keptBy],
      stopsAt: idle.stopsAt?.toISOString() ?? null,
    }),
    distro: { name: distros.engineName, rootfs: distros.rootfsId },
    ...updates === undefined ? {} : { update: updates.updater.status() },
    workspaces: [...workspaces.summaries],
    warnings: statusWarnings([
      ...endpoints.warnings,
      ...startProblems,
      ...updates?.warnings() ?? [],
      ...network.warnings(),
      ...settings.problems.map(problemOf),
      ...engineWarnings(engine.state),
    ]),
  };
}
