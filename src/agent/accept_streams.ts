import type { Log } from "../logging/log.ts";
import type { IncomingStream } from "../mux/mux_session.ts";
import type { MuxStream } from "../mux/mux_stream.ts";
import { connectionDuplex } from "../streams/connection_duplex.ts";
import { joinStreams } from "../streams/join_streams.ts";
import { DOCKER_SOCKET } from "./dockerd_arguments.ts";
import { serveDatagrams } from "./datagram_target.ts";
import { parseStreamTarget, type StreamTarget } from "./stream_target.ts";

/** What the agent's end of the streams needs. */
export interface StreamHandlers {
  /** Resolves once dockerd answers; rejects with why it does not. */
  readonly whenRunning: (signal: AbortSignal) => Promise<void>;
  /** Serves the control stream until it ends. Never rejects. */
  readonly serveRpc: (stream: MuxStream) => Promise<void>;
  readonly log: Log;
  /** Aborted when the agent leaves. */
  readonly signal: AbortSignal;
}

type ConnectionTarget =
  | Extract<StreamTarget, { kind: "docker" }>
  | Extract<StreamTarget, { hostname: string }>;

/** Joins the streams that the host opens to what they name. */
export class StreamAcceptor {
  readonly #handlers: StreamHandlers;
  #open = 0;
  #openToDocker = 0;

  constructor(handlers: StreamHandlers) {
    this.#handlers = handlers;
  }

  /** Streams of clients that are open or wait for Docker. */
  get open(): number {
    return this.#open;
  }

  /** Those of them that are joined to dockerd's socket. */
  get openToDocker(): number {
    return this.#openToDocker;
  }

  /** Takes or refuses a stream, in its own time. */
  accept(incoming: IncomingStream): void {
    const target = parseStreamTarget(incoming.target);
    if (typeof target === "string") incoming.refuse(target);
    else if (target.kind === "rpc") this.#handlers.serveRpc(incoming.accept());
    else if (target.kind === "udp") serveDatagrams(incoming.accept(), target.hostname, target.port);
    else this.#relay(incoming, target);
  }

  async #relay(incoming: IncomingStream, target: ConnectionTarget): Promise<void> {
    this.#open++;
    try {
      const connection = await this.#connect(target);
      const toDocker = target.kind === "docker" ? 1 : 0;
      this.#openToDocker += toDocker;
      const { error } = await joinStreams(incoming.accept(), connectionDuplex(connection))
        .finally(() => this.#openToDocker -= toDocker);
      if (error !== null) {
        this.#handlers.log("debug", "agent.stream.broken", {
          target: incoming.target,
          reason: String(error),
        });
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // Nobody listening in a container is no trouble of ours.
      const level = target.kind === "docker" ? "warn" : "debug";
      this.#handlers.log(level, "agent.stream.refused", { target: incoming.target, reason });
      incoming.refuse(reason);
    } finally {
      this.#open--;
    }
  }

  async #connect(target: ConnectionTarget): Promise<Deno.Conn> {
    const { signal } = this.#handlers;
    if (target.kind !== "docker") return await connectTcp(target.hostname, target.port);
    for (;;) {
      await this.#handlers.whenRunning(signal);
      try {
        return await Deno.connect({ transport: "unix", path: DOCKER_SOCKET });
      } catch (error) {
        if (!isNobodyThere(error)) throw error;
        // dockerd has just died, and its supervisor will know in a moment.
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_MILLISECONDS));
      }
    }
  }
}

async function connectTcp(hostname: string, port: number): Promise<Deno.Conn> {
  const connection = await Deno.connect({ hostname, port });
  connection.setNoDelay(true); // what is forwarded has been gathered already
  return connection;
}

/** Long enough for the end of a process to be noticed, too short for anybody to feel. */
const RECONNECT_MILLISECONDS = 10;

function isNobodyThere(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.ConnectionRefused;
}
