/** Composes what the relay, the mux and the agent know about each request into one report. */
import type {
  ReportedConnection,
  ReportedStream,
  StreamsReport,
} from "../../api/resources/streams_report.ts";
import type { GroupConnectionReport } from "../../relay/relay_group.ts";
import type { RelayGroup } from "../../relay/relay_group.ts";
import type { EngineState } from "./engine_state.ts";
import type { AgentReport, LinkReport } from "./link_report.ts";

/** Connections and streams that a report lists; people read ten, and a file with more is slow to handle. */
const LISTED = 500;
/** Between two looks at a connection: a write that has not moved meanwhile is stuck. */
const SAMPLE_MILLISECONDS = 200;

/** Dependencies of {@linkcode reportStreams}. */
export interface StreamsReportOptions {
  readonly relays: Pick<RelayGroup, "report">;
  readonly state: () => EngineState;
  /** The link of the present engine, if there is one. Never rejects. */
  readonly link: () => Promise<LinkReport> | undefined;
}

/** What happens at the moment. Takes some seconds if the agent does not answer; never rejects. */
export async function reportStreams({ relays, state, link }: StreamsReportOptions): Promise<StreamsReport> {
  const earlier = new Map(relays.report().map((connection) => [connection.id, connection]));
  const [found] = await Promise.all([
    link(),
    new Promise((resolve) => setTimeout(resolve, SAMPLE_MILLISECONDS)),
  ]);
  const connections = relays.report().map((connection): ReportedConnection => ({
    ...connection,
    station: preciseStation(connection, earlier.get(connection.id), found),
    requests: connection.requests.slice(0, LISTED),
  }));
  connections.sort((one, other) =>
    Number(other.requests.length > 0) - Number(one.requests.length > 0) || other.ageMs - one.ageMs
  );
  const engine = state();
  return {
    time: new Date().toISOString(),
    engine: "stage" in engine ? `${engine.kind} (${engine.stage})` : engine.kind,
    connections: connections.slice(0, LISTED),
    connectionsLeftOut: Math.max(0, connections.length - LISTED),
    link: found === undefined ? null : {
      pingMs: found.pingMs,
      streams: streamsOf(found).slice(0, LISTED),
      streamsLeftOut: Math.max(0, found.streams.length - LISTED),
    },
    agent: found === undefined ? null : agentOf(found.agent),
  };
}

/**
 * What a connection is waiting for, with what lies behind the relay: an engine that is starting, an agent that is
 * stuck, a dockerd that is silent. Pure.
 *
 * @param earlier The same connection a moment before.
 */
export function preciseStation(
  connection: GroupConnectionReport,
  earlier: GroupConnectionReport | undefined,
  link: LinkReport | undefined,
): string {
  const { station, stream } = connection;
  const isStuck = earlier?.station === station && earlier.receivedBytes === connection.receivedBytes &&
    earlier.sentBytes === connection.sentBytes;
  switch (station) {
    case "sending the answer":
      return isStuck ? "client is not reading" : station;
    case "waiting for the first byte of the answer":
    case "waiting for the rest of the answer":
    case "sending the request":
      break;
    default:
      return station;
  }
  if (link === undefined) return "waiting for the engine";
  if (!link.agent.answers) return link.agent.heard ? "agent does not answer" : "waiting for the engine";
  const served = link.agent.status.streams.find(({ id }) => id === stream);
  if (served === undefined || station === "waiting for the rest of the answer") return station;
  if (served.station === "waiting for dockerd to run") return served.station;
  if (served.station === "connecting") return "connecting to dockerd";
  if (station === "sending the request") return isStuck ? "dockerd is not taking the request" : station;
  return "dockerd has not answered";
}

function streamsOf({ streams, agent }: LinkReport): ReportedStream[] {
  const served = new Map(agent.answers ? agent.status.streams.map((stream) => [stream.id, stream]) : []);
  return streams.map((stream) => {
    const found = served.get(stream.id);
    if (found === undefined) return { ...stream, agent: null };
    const { station, sentBytes, receivedBytes } = found;
    return { ...stream, agent: { station, sentBytes, receivedBytes } };
  });
}

function agentOf(agent: AgentReport): StreamsReport["agent"] {
  if (!agent.answers) {
    return { answers: false, problem: agent.problem, state: null, openStreams: null, memoryBytes: null };
  }
  const { state, openStreams, memoryBytes } = agent.status;
  return { answers: true, problem: null, state: state.kind, openStreams, memoryBytes };
}
