/** The state of dockerd as the agent reports it. */
import { isCount, isJson, isMember, isText } from "./json_guards.ts";

/** What the agent does before it can start Docker; in this order. */
export type PreparationStage = "leftovers" | "control-groups" | "data";

/** What is left to do on the way out; in this order. */
export type StoppingStage = "engine" | "leftovers" | "network";

/** How far the images that come with the engine distro are; they are loaded once per data distro. */
export type SampleImages = "loading" | "loaded" | "failed";

/** A container that has asked for more time than usual to stop. */
export interface StopWait {
  readonly name: string;
  /** `null` where it has no limit. */
  readonly seconds: number | null;
}

/** The state of the engine. Times are ISO 8601, UTC. */
export type DockerdState =
  /** On the way to the first start of Docker. */
  | {
    readonly kind: "preparing";
    readonly stage: PreparationStage;
    /** What the last engine is still waiting for. */
    readonly waits?: readonly StopWait[];
  }
  /** dockerd runs and does not answer yet. `attempt` counts from 1 since it last ran well. */
  | { readonly kind: "starting"; readonly since: string; readonly attempt: number }
  /** dockerd answers. */
  | {
    readonly kind: "running";
    readonly since: string;
    readonly dockerVersion: string;
    readonly sampleImages: SampleImages;
    /** Why the user's options for dockerd are not used, as a lower-case clause. */
    readonly optionsProblem?: string;
  }
  /** On the way out, or to a restart that was asked for. */
  | {
    readonly kind: "stopping";
    readonly stage: StoppingStage;
    readonly since: string;
    readonly waits?: readonly StopWait[];
  }
  /** Docker is stopped; the next client starts it. */
  | { readonly kind: "resting" }
  /** dockerd is not available; tried again at `retryAt`, or never if that is absent. */
  | {
    readonly kind: "failed";
    readonly code: EngineFailureCode;
    readonly message: string;
    readonly retryAt?: string;
  };

const FAILURE_CODES = [
  "WL_ENGINE_DATA_MISSING",
  "WL_DATA_TOO_NEW",
  "WL_NO_SPACE",
  "WL_ENGINE_PREPARATION_FAILED",
  "WL_ENGINE_FAILED",
  "WL_ENGINE_TIMEOUT",
] as const;

/** Why the engine is not available; each is in the list of error codes. */
export type EngineFailureCode = typeof FAILURE_CODES[number];

const STAGES: ReadonlySet<string> = new Set<PreparationStage>(["leftovers", "control-groups", "data"]);
const STOPPING: ReadonlySet<string> = new Set<StoppingStage>(["engine", "leftovers", "network"]);
const SAMPLES: ReadonlySet<string> = new Set<SampleImages>(["loading", "loaded", "failed"]);
const FAILURES: ReadonlySet<string> = new Set(FAILURE_CODES);

/** Whether a code is one that the engine may fail with. */
export function isEngineFailureCode(code: string): code is EngineFailureCode {
  return FAILURES.has(code);
}

function areStopWaits(value: unknown): boolean {
  return value === undefined ||
    Array.isArray(value) &&
      value.every((wait) =>
        isJson(wait) && isText(wait.name) && (wait.seconds === null || isCount(wait.seconds))
      );
}

/** Whether `value` is a state of the engine with all its parts. */
export function isDockerdState(value: unknown): value is DockerdState {
  if (!isJson(value)) return false;
  switch (value.kind) {
    case "preparing":
      return isMember(STAGES, value.stage) && areStopWaits(value.waits);
    case "starting":
      return isText(value.since) && isCount(value.attempt);
    case "running":
      return isText(value.since) && isText(value.dockerVersion) && isMember(SAMPLES, value.sampleImages) &&
        (value.optionsProblem === undefined || isText(value.optionsProblem));
    case "stopping":
      return isMember(STOPPING, value.stage) && isText(value.since) && areStopWaits(value.waits);
    case "resting":
      return true;
    case "failed":
      return isMember(FAILURES, value.code) && isText(value.message) &&
        (value.retryAt === undefined || isText(value.retryAt));
    default:
      return false;
  }
}
