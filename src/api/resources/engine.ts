/** The Docker engine: the part of the status that says what it is doing. */
import { z } from "zod";
import { Problem } from "./problems.ts";
import { Progress } from "./progress.ts";

/** The state of the engine. `resting`: dockerd is stopped, and workspaces can start it at once. */
export type EngineStateName =
  | "stopped"
  | "importing"
  | "starting"
  | "running"
  | "resting"
  | "stopping"
  | "failed";

export const EngineStateName: z.ZodType<EngineStateName> = z.enum([
  "stopped",
  "importing",
  "starting",
  "running",
  "resting",
  "stopping",
  "failed",
]);

/** Something that keeps the engine from being stopped as idle. */
export interface KeepReason {
  /** A few words, such as `container web` or `build`. */
  what: string;
  /** Since when, ISO 8601; `null` if unknown. */
  since: string | null;
}

export const KeepReason: z.ZodType<KeepReason> = z.object({
  what: z.string().describe("A few words, such as 'container web' or 'build'"),
  since: z.iso.datetime().nullable().describe("Since when; null if unknown"),
}).meta({ id: "KeepReason" });

/** The engine's part of the status. */
export interface EngineStatus {
  /** The state of the engine. */
  state: EngineStateName;
  /** The current step of importing, starting or stopping, in a few words. */
  stage?: string | undefined;
  /** Progress of the stage, if known. */
  progress?: Progress | undefined;
  /** The value for `DOCKER_HOST`. */
  dockerHost: string;
  /** Every value of `DOCKER_HOST` that currently reaches the engine. */
  listening: string[];
  /** `null` while dockerd is not running. */
  dockerVersion: string | null;
  /** When dockerd became ready, ISO 8601; `null` while it is not running. */
  since: string | null;
  /** Why the state is `failed`. */
  problem?: Problem | undefined;
  /** What keeps the engine from being stopped as idle. */
  keptBy: KeepReason[];
  /** When the engine will be stopped as idle, ISO 8601; `null` if no stop is pending. */
  stopsAt: string | null;
}

export const EngineStatus: z.ZodType<EngineStatus> = z.object({
  state: EngineStateName.describe("The state of the engine"),
  stage: z.string().optional().describe(
    "The current step of importing, starting or stopping, in a few words",
  ),
  progress: Progress.optional().describe("Progress of the stage, if known"),
  dockerHost: z.string().describe("The value for DOCKER_HOST"),
  listening: z.array(z.string()).describe("Every value of DOCKER_HOST that currently reaches the engine"),
  dockerVersion: z.string().nullable().describe("null while dockerd is not running"),
  since: z.iso.datetime().nullable().describe("When dockerd became ready; null while it is not running"),
  problem: Problem.optional().describe("Why the state is failed"),
  keptBy: z.array(KeepReason).describe("What keeps the engine from being stopped as idle"),
  stopsAt: z.iso.datetime().nullable().describe(
    "When the engine will be stopped as idle; null if no stop is pending",
  ),
}).meta({ id: "EngineStatus" });
