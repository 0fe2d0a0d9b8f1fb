import { z } from "zod";
import type * as answers from "./answers.ts";
import { Problem } from "./problem_schemas.ts";

/** What the engine is doing. */
export const EngineStateName: z.ZodType<answers.EngineStateName> = z.enum([
  "stopped",
  "importing",
  "starting",
  "running",
  "stopping",
  "failed",
]);

/** Something that keeps the engine running. */
export const KeepReason: z.ZodType<answers.KeepReason> = z.object({
  what: z.string().describe('A few words, such as "container web" or "build"'),
  since: z.iso.datetime().nullable().describe("When it began; null where that is not known"),
}).meta({ id: "KeepReason" });

/** The engine's part of the status. */
export const EngineStatus: z.ZodType<answers.EngineStatus> = z.object({
  state: EngineStateName,
  stage: z.string().optional().describe("What is being done in the states importing, starting and stopping"),
  progress: z.object({ done: z.number(), total: z.number() }).optional().describe("Bytes of the stage"),
  dockerHost: z.string().describe("Value for DOCKER_HOST"),
  listening: z.array(z.string()).describe("Every value of DOCKER_HOST that reaches the engine now"),
  dockerVersion: z.string().nullable().describe("null while dockerd does not run"),
  since: z.iso.datetime().nullable().describe("When dockerd became ready; null while it does not run"),
  problem: Problem.optional().describe("Why the state is failed"),
  keptBy: z.array(KeepReason).describe("Why the engine is not stopped although it might be idle"),
  stopsAt: z.iso.datetime().nullable().describe(
    "When it is stopped if nothing happens; null if nothing stops it",
  ),
}).meta({ id: "EngineStatus" });

// A name is a schema where a value is meant, and what it describes where a type is meant.
/** What the schema of the same name describes. */
export type EngineStateName = answers.EngineStateName;
/** What the schema of the same name describes. */
export type KeepReason = answers.KeepReason;
/** What the schema of the same name describes. */
export type EngineStatus = answers.EngineStatus;
