/** What the agent reports of its own start: the host makes its part of the time line from it. */
import { isJson } from "./json_guards.ts";

/** The parts of an agent's start up to a dockerd that answers, in this order. */
export const AGENT_PHASES = ["network", "modules", "leftovers", "control-groups", "data", "dockerd"] as const;
export type AgentPhase = typeof AGENT_PHASES[number];

/**
 * When the phases of this agent ended, in milliseconds of its own clock, which counts from the start of its runtime.
 * The host knows no more of that clock than when such a report arrived.
 */
export interface AgentStart {
  /** When this was sent. */
  readonly sentAt: number;
  /** When the script began that has become the agent: a negative number, to 10 ms. */
  readonly begunAt: number;
  readonly ends: Readonly<Partial<Record<AgentPhase, number>>>;
}

/** Whether `value` is an {@linkcode AgentStart}; phases of later versions may be among its own. */
export function isAgentStart(value: unknown): value is AgentStart {
  return isJson(value) && Number.isFinite(value.sentAt) && Number.isFinite(value.begunAt) &&
    isJson(value.ends) && Object.values(value.ends).every(Number.isFinite);
}
