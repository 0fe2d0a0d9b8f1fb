/** One stream of the host as the agent sees it; part of the answer to `status`. */
import { isCount, isJson, isMember, isText } from "./json_guards.ts";

/** What a stream is waiting for in the agent. */
export type AgentStation =
  | "waiting for dockerd to run"
  | "connecting"
  /** Bytes pass in both directions. */
  | "joined";

export interface AgentStream {
  /** Id of the mux stream: the host knows it by the same number. */
  readonly id: number;
  readonly target: string;
  readonly ageMs: number;
  readonly station: AgentStation;
  /** Bytes that dockerd or the container has taken. */
  readonly sentBytes: number;
  /** Bytes of dockerd or the container that the link has taken. */
  readonly receivedBytes: number;
}

const STATIONS: ReadonlySet<string> = new Set<AgentStation>([
  "waiting for dockerd to run",
  "connecting",
  "joined",
]);

/** Whether `value` is a stream with all its parts. */
export function isAgentStream(value: unknown): value is AgentStream {
  return isJson(value) && isCount(value.id) && isText(value.target) && isCount(value.ageMs) &&
    isMember(STATIONS, value.station) && isCount(value.sentBytes) && isCount(value.receivedBytes);
}
