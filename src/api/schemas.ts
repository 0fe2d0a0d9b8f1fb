import { z } from "zod";

/** What the engine is doing. */
export const EngineStateName = z.enum(["stopped", "importing", "starting", "running", "stopping", "failed"]);

/** A failure as it is told to users. */
export const Problem = z.object({
  code: z.string().describe("Stable error code, such as WL_DISTRO_IMPORT_FAILED"),
  message: z.string(),
  remedy: z.string(),
});

/** Something that keeps the engine running. */
export const KeepReason = z.object({
  what: z.string().describe('A few words, such as "container web" or "build"'),
  since: z.iso.datetime().nullable().describe("When it began; null where that is not known"),
});

/** The engine's part of the status. */
export const EngineStatus = z.object({
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
});

/** What `windlass status --json` prints and `GET /v1/status` answers. */
export const Status = z.object({
  version: z.string().describe("Version of Windlass"),
  host: z.object({ pid: z.int().nullable().describe("null while no host runs") }),
  engine: EngineStatus,
  distro: z.object({
    name: z.string(),
    rootfs: z.string().nullable().describe(
      "Id of the imported root file system; null before the first import",
    ),
  }),
  warnings: z.array(Problem).describe("What works less well than it could, and what to do about it"),
});

export type Problem = z.infer<typeof Problem>;
export type EngineStatus = z.infer<typeof EngineStatus>;
export type Status = z.infer<typeof Status>;
