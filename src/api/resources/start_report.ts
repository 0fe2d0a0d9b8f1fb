/** Where the time of the engine's last start went. For people who debug: the form may change with any version. */
import { z } from "zod";

/**
 * The parts of a start, in the order in which they follow each other. `docs/debugging.md` says what each of them is.
 * The middle ones are those of the agent.
 */
export const START_PHASES = [
  "command",
  "host",
  "distros",
  "wsl",
  "network",
  "modules",
  "leftovers",
  "control-groups",
  "data",
  "dockerd",
  "answer",
] as const;

/** A part of a start. */
export type StartPhase = typeof START_PHASES[number];

/** A part of a start with its time. */
export interface TimedPhase {
  phase: StartPhase;
  /** Since the beginning of the start. */
  startMs: number;
  durationMs: number;
}

export const TimedPhase: z.ZodType<TimedPhase> = z.object({
  phase: z.enum(START_PHASES),
  startMs: z.number(),
  durationMs: z.number(),
}).meta({ id: "TimedPhase" });

/** The last start of the engine, or the one under way. */
export interface EngineStart {
  /** What it was for: a Docker client's request, or a command, the status page or Windlass itself. */
  cause: "request" | "command";
  /** When it began. */
  since: string;
  /** `running` until it has answered, has failed or was stopped. */
  outcome: "running" | "answered" | "failed" | "stopped";
  /** Why it failed. */
  problem: string | null;
  /** The phases together. */
  totalMs: number;
  /** Each begins where the one before ends; the last is where the start is, or has ended. */
  phases: TimedPhase[];
}

export const EngineStart: z.ZodType<EngineStart> = z.object({
  cause: z.enum(["request", "command"]),
  since: z.iso.datetime(),
  outcome: z.enum(["running", "answered", "failed", "stopped"]),
  problem: z.string().nullable(),
  totalMs: z.number(),
  phases: z.array(TimedPhase),
}).meta({ id: "EngineStart" });

/** The answer to a question for the last start. */
export interface StartReport {
  /** `null` if this host has not started its engine yet. */
  start: EngineStart | null;
}

export const StartReport: z.ZodType<StartReport> = z.object({
  start: EngineStart.nullable(),
}).meta({ id: "StartReport" });
