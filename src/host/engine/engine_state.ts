import type { DockerdState, PreparationStage, StopWait } from "../../agent/protocol/dockerd_state.ts";
import type { EngineStatus } from "../../api/resources/engine.ts";
import type { Problem } from "../../api/resources/problems.ts";
import { problemOf } from "../../errors/problem_of.ts";
import { WindlassError } from "../../errors/windlass_error.ts";

/** What the engine is doing, as the host sees it. */
export type EngineState =
  | { readonly kind: "stopped" }
  | { readonly kind: "importing"; readonly stage: string; readonly done: number; readonly total: number }
  | { readonly kind: "starting"; readonly stage: string }
  | {
    readonly kind: "running";
    readonly dockerVersion: string;
    readonly since: string;
    /** Why the user's options for dockerd are not used, as a lower-case clause. */
    readonly optionsProblem?: string;
  }
  /** dockerd is stopped, and the agent waits for clients: those of workspaces would not start an agent. */
  | { readonly kind: "resting" }
  | { readonly kind: "stopping"; readonly stage: string }
  | { readonly kind: "failed"; readonly problem: Problem };

/** What the agent does before it starts dockerd, in words. */
const PREPARATION: Readonly<Record<PreparationStage, string>> = {
  "leftovers": "Cleaning up after the last run",
  "control-groups": "Preparing control groups",
  "data": "Waiting for the data distro",
};

/** How long a container may take to stop, in words. */
function waitText({ name, seconds }: StopWait): string {
  return seconds === null ? `${name} (as long as it takes)` : `${name} (up to ${seconds} s)`;
}

/** For whom a stop waits, in words. Pure. */
export function stopStage(waits: readonly StopWait[]): string {
  const [longest, ...others] = waits;
  if (longest === undefined) return "Stopping the containers and the engine";
  return `Waiting for ${waitText(longest)}${others.length === 0 ? "" : ` and ${others.length} more`}`;
}

/** What the agent's state means for the engine. Pure. */
export function stateOfAgent(state: DockerdState): EngineState {
  switch (state.kind) {
    case "preparing":
      if (state.waits !== undefined) return { kind: "starting", stage: stopStage(state.waits) };
      return { kind: "starting", stage: PREPARATION[state.stage] };
    case "starting":
      return { kind: "starting", stage: "Starting dockerd" };
    case "running":
      // Requests are served already; a caller that waits for a start also wants the images that come with it.
      if (state.sampleImages === "loading") return { kind: "starting", stage: "Loading the sample images" };
      return {
        kind: "running",
        dockerVersion: state.dockerVersion,
        since: state.since,
        ...state.optionsProblem === undefined ? {} : { optionsProblem: state.optionsProblem },
      };
    case "stopping":
      if (state.waits !== undefined) return { kind: "starting", stage: stopStage(state.waits) };
      return { kind: "starting", stage: "Starting dockerd again" };
    case "resting":
      return { kind: "resting" };
    case "failed":
      return { kind: "failed", problem: problemOf(new WindlassError(state.code, state.message)) };
  }
}

/** The state as the API tells it. Pure. */
export function engineStatus(
  state: EngineState,
  surroundings: Pick<EngineStatus, "dockerHost" | "listening" | "keptBy" | "stopsAt">,
): EngineStatus {
  const common = { state: state.kind, ...surroundings, dockerVersion: null, since: null };
  switch (state.kind) {
    case "stopped":
    case "resting":
      return common;
    case "importing":
      return { ...common, stage: state.stage, progress: { done: state.done, total: state.total } };
    case "starting":
    case "stopping":
      return { ...common, stage: state.stage };
    case "running":
      return { ...common, dockerVersion: state.dockerVersion, since: state.since };
    case "failed":
      return { ...common, problem: state.problem };
  }
}

/** What of a running engine is not as its user wants it. Pure. */
export function engineWarnings(state: EngineState): Problem[] {
  if (state.kind !== "running" || state.optionsProblem === undefined) return [];
  const message = `Cannot use 'engine.daemonOptions', so Docker runs without: ${state.optionsProblem}`;
  return [problemOf(new WindlassError("WL_DAEMON_OPTIONS_INVALID", message))];
}
