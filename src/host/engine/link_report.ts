import type { AgentStatus } from "../../agent/protocol/rpc_messages.ts";
import { errorText } from "../../errors/error_text.ts";
import type { StreamReport } from "../../mux/mux_stream.ts";
import type { MuxSession } from "../../mux/mux_session.ts";
import type { AgentClient } from "./agent_client.ts";

/** An agent that is well answers within a round trip. One that is stuck must not hold up the report. */
const ANSWER_MILLISECONDS = 2_000;

/** What the agent answered, or why not. */
export type AgentReport =
  | { readonly answers: true; readonly status: AgentStatus }
  | {
    readonly answers: false;
    /** Whether it has said anything since the engine was started. */
    readonly heard: boolean;
    readonly problem: string;
  };

/** The link to the agent at one moment. */
export interface LinkReport {
  /** Round trip through both muxes; `null` if no answer came in time. */
  readonly pingMs: number | null;
  readonly agent: AgentReport;
  readonly streams: readonly StreamReport[];
}

/** Asks the other end, and takes its silence for an answer. Never rejects. */
export async function reportLink(
  session: Pick<MuxSession, "ping" | "streams">,
  agent: Pick<AgentClient, "status" | "state">,
  milliseconds = ANSWER_MILLISECONDS,
): Promise<LinkReport> {
  const limit = new AbortController();
  const late = new Error(`no answer within ${milliseconds / 1000} s`);
  const timer = setTimeout(() => limit.abort(late), milliseconds);
  const [pingMs, status] = await Promise.all([
    session.ping(limit.signal).catch(() => null),
    agent.status(limit.signal).catch(errorText),
  ]);
  clearTimeout(timer);
  return {
    pingMs,
    agent: typeof status === "string"
      ? { answers: false, heard: agent.state !== undefined, problem: status }
      : { answers: true, status },
    streams: session.streams(),
  };
}
