import { errorText } from "../../errors/error_text.ts";
import type { Log } from "../../logging/log.ts";
import type { IncomingStream } from "../../mux/mux_session.ts";
import type { MuxStream } from "../../mux/mux_stream.ts";
import { ConnectionBudget, type ConnectionShare } from "../../overload/connection_budget.ts";
import type { DataConnections } from "../../overload/data_connections.ts";
import { LogEpisodes } from "../../overload/log_episodes.ts";
import { connectionDuplex } from "../../streams/connection_duplex.ts";
import { HALF_CLOSED_IDLE_MILLISECONDS } from "../../streams/half_close_watch.ts";
import { type JoinOptions, joinStreams } from "../../streams/join_streams.ts";
import { AGENT_LIMITS } from "../agent_limits.ts";
import { connectContainer } from "./connect_container.ts";
import { connectDockerd } from "./connect_dockerd.ts";
import { serveDatagrams } from "./datagram_target.ts";
import { type OpenStream, OpenStreams } from "./open_streams.ts";
import type { AgentStream } from "../protocol/agent_stream.ts";
import { type EngineTarget, parseEngineTarget } from "../protocol/stream_target.ts";

export interface StreamHandlers {
  /** Resolves once dockerd answers; rejects with why it does not. */
  readonly whenRunning: (signal: AbortSignal) => Promise<void>;
  /** Serves the control stream until it ends. Never rejects. */
  readonly serveRpc: (stream: MuxStream) => Promise<void>;
  /** What the connections to containers are counted by. */
  readonly connections: DataConnections;
  readonly log: Log;
  /** Aborted when the agent leaves. */
  readonly signal: AbortSignal;
}

type ConnectionTarget =
  | Extract<EngineTarget, { kind: "docker" }>
  | Extract<EngineTarget, { hostname: string }>;

/** A connection to dockerd lives for as long as its client, who may wait half-closed for a container's end. */
const TO_DOCKER: JoinOptions = {};
const TO_CONTAINER: JoinOptions = { halfClosed: { idleMilliseconds: HALF_CLOSED_IDLE_MILLISECONDS } };

/** Joins the streams that the host opens to what they name. */
export class StreamAcceptor {
  readonly #handlers: StreamHandlers;
  readonly #docker: ConnectionBudget;
  readonly #episodes: LogEpisodes;
  readonly #open = new OpenStreams();
  #openToDocker = 0;

  constructor(handlers: StreamHandlers) {
    this.#handlers = handlers;
    const { dockerClients, innerDockerClients } = handlers.connections.limits;
    this.#docker = new ConnectionBudget(dockerClients + innerDockerClients);
    this.#episodes = new LogEpisodes(handlers.log);
  }

  /** Streams of clients that are open or wait for Docker. */
  get open(): number {
    return this.#open.size;
  }

  /** The oldest of them. */
  report(): AgentStream[] {
    return this.#open.report(AGENT_LIMITS.reportedStreams);
  }

  /** Streams that are joined to dockerd's socket. */
  get openToDocker(): number {
    return this.#openToDocker;
  }

  /** Takes or refuses a stream, in its own time. */
  accept(incoming: IncomingStream): void {
    const target = parseEngineTarget(incoming.target);
    if (typeof target === "string") incoming.refuse(target);
    else if (target.kind === "rpc") this.#handlers.serveRpc(incoming.accept());
    else this.#serve(incoming, target);
  }

  /** Each kind has its own room, so that no flood of data keeps the user's Docker requests out. Never rejects. */
  async #serve(incoming: IncomingStream, target: ConnectionTarget): Promise<void> {
    using share: ConnectionShare | undefined = target.kind === "docker"
      ? this.#docker.take()
      : this.#handlers.connections.take();
    if (share === undefined) {
      this.#episodes.log("warn", "agent.streams.full", { kind: target.kind }, target.kind);
      return incoming.refuse(`the engine has as many connections of the kind '${target.kind}' as it may`);
    }
    const { id } = incoming;
    using open = this.#open.add(id, incoming.target);
    try {
      if (target.kind === "udp") await serveDatagrams(incoming.accept(), target.hostname, target.port);
      else await this.#relay(incoming, target, open);
    } catch (error) {
      const reason = errorText(error);
      // That nothing listens in a container is not our problem.
      const level = target.kind === "docker" ? "warn" : "debug";
      const fields = { stream: id, target: incoming.target, reason };
      this.#episodes.log(level, "agent.stream.refused", fields, incoming.target);
      incoming.refuse(reason);
    }
  }

  async #relay(incoming: IncomingStream, target: ConnectionTarget, open: OpenStream): Promise<void> {
    const stream = incoming.accept();
    const connection = await this.#connect(target, incoming, stream.gone, open);
    open.station = "joined";
    this.#handlers.log("debug", "agent.stream.joined", { stream: incoming.id, target: incoming.target });
    const toDocker = target.kind === "docker" ? 1 : 0;
    this.#openToDocker += toDocker;
    const { error } = await joinStreams(
      stream,
      connectionDuplex(connection),
      { ...target.kind === "docker" ? TO_DOCKER : TO_CONTAINER, bytes: open.bytes },
    ).finally(() => this.#openToDocker -= toDocker);
    if (error === null) return;
    const fields = { stream: incoming.id, target: incoming.target, reason: String(error) };
    this.#episodes.log("debug", "agent.stream.broken", fields, incoming.target);
  }

  async #connect(
    target: ConnectionTarget,
    incoming: IncomingStream,
    gone: AbortSignal,
    open: OpenStream,
  ): Promise<Deno.Conn> {
    const { whenRunning, signal } = this.#handlers;
    if (target.kind !== "docker") return await connectContainer(target, incoming, gone);
    const wanted = AbortSignal.any([signal, gone]);
    return await connectDockerd({ whenRunning, wanted, onStation: (station) => open.station = station });
  }
}
