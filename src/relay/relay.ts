import type { Log } from "../logging/log.ts";
import { acceptClients } from "../overload/accept_clients.ts";
import { LogEpisodes } from "../overload/log_episodes.ts";
import type { ClientConnection, Listener } from "../platform/listener.ts";
import { ClientWatch } from "./client_watch.ts";
import { linger } from "./linger.ts";
import { unavailableResponse } from "./http/own_response.ts";
import type { BeforeStart } from "./http/held_start.ts";
import type { Rewriting } from "./paths/request_rewriter.ts";
import type { ActiveRequest } from "./http/pending_request.ts";
import type { ConnectionReport } from "./connection_report.ts";
import { RelayConnection } from "./relay_connection.ts";
import { RELAY_LIMITS } from "./relay_limits.ts";
import type { OpenUpstream } from "./upstream.ts";

export type { ActiveRequest } from "./http/pending_request.ts";
export type { BeforeStart } from "./http/held_start.ts";
export type { OpenUpstream } from "./upstream.ts";

/** Options of {@linkcode startRelay}. */
export interface RelayOptions extends Rewriting {
  /** Where clients connect. The relay takes ownership. */
  readonly listener: Listener;
  readonly openUpstream: OpenUpstream;
  /** Asked before each start of a container. @default Each may start. */
  readonly beforeStart?: BeforeStart;
  readonly log: Log;
  /** Called for each request whose answer is complete, or whose connection ended before. */
  readonly requestEnded?: (request: ActiveRequest) => void;
  /** Clients that may be connected at a time; beyond that, an idle one is closed, or else the new one is refused. */
  readonly maximumClients?: number;
  /** Ends the relay as `close()` does. */
  readonly signal?: AbortSignal;
  /** The number of the next connection, where several relays share their numbers. */
  readonly nextId?: () => number;
}

/** A running relay. */
export interface Relay extends AsyncDisposable {
  /** Where clients find it. */
  readonly address: string;
  /** Requests without a complete answer and raw streams, of all connections. */
  activeRequests(): readonly ActiveRequest[];
  /** What each connection is doing at the moment, oldest first. */
  report(): readonly ConnectionReport[];
  /** Closes the streams of idle connections to the engine, so that it may stop; clients stay connected. */
  releaseIdleStreams(): void;
  /** Stops listening, closes every connection, and resolves once all are gone. Repeating it does nothing. */
  close(): Promise<void>;
}

/**
 * Joins each client that connects to a stream of its own to the Docker engine, with host paths translated.
 *
 * @example
 * ```ts
 * await using relay = startRelay({
 *   listener: await listenUnixSocket("/run/user/1000/docker.sock"),
 *   openUpstream: async (signal) => (await engineRunning(signal)).open("unix:/run/docker.sock"),
 *   translatePath: linuxPaths({ dockerSocket: "/run/user/1000/docker.sock" }),
 *   log,
 * });
 * ```
 */
export function startRelay(options: RelayOptions): Relay {
  return new RunningRelay(options);
}

class RunningRelay implements Relay {
  readonly #connections = new Set<RelayConnection>();
  readonly #running = new Set<Promise<void>>();
  readonly #watch = new ClientWatch();
  readonly #stop = new AbortController();
  readonly #accepting: Promise<void>;
  readonly #episodes: LogEpisodes;
  #refusals = 0;
  #lastId = 0;

  constructor(private readonly options: RelayOptions) {
    const { log } = options;
    this.#episodes = new LogEpisodes(log);
    this.#accepting = acceptClients({
      accept: () => this.options.listener.accept(),
      serve: (client) => this.#serve(client),
      log,
      event: "relay.accept.failed",
      signal: this.#stop.signal,
    });
    const { signal } = options;
    if (signal?.aborted) void this.close();
    signal?.addEventListener("abort", () => void this.close(), { once: true, signal: this.#stop.signal });
  }

  get address(): string {
    return this.options.listener.address;
  }

  activeRequests(): readonly ActiveRequest[] {
    return [...this.#connections].flatMap((connection) => connection.activeRequests);
  }

  report(): readonly ConnectionReport[] {
    const now = Date.now();
    return [...this.#connections].map((connection) => connection.report(now));
  }

  releaseIdleStreams(): void {
    for (const connection of this.#connections) connection.releaseIdleStream();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.options.listener.close();
    for (const connection of this.#connections) connection.close();
    await this.#accepting;
    await Promise.all(this.#running);
    this.#watch[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #serve(client: ClientConnection): void {
    if (this.#stop.signal.aborted) return client.close();
    const { maximumClients = Infinity, nextId = () => ++this.#lastId } = this.options;
    if (this.#connections.size >= maximumClients && !this.#closeIdle()) return void this.#refuse(client);
    const connection = new RelayConnection(client, { ...this.options, id: nextId(), watch: this.#watch });
    this.#connections.add(connection);
    const running = connection.run().finally(() => {
      this.#connections.delete(connection);
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  /** Closes the oldest connection without a request: its client makes another one when it has a request. */
  #closeIdle(): boolean {
    for (const connection of this.#connections) {
      if (connection.activeRequests.length > 0) continue;
      this.#episodes.log("warn", "relay.idle_clients.closed", { clients: this.#connections.size });
      this.#connections.delete(connection);
      connection.close();
      return true;
    }
    return false;
  }

  /** Answers why, if the client takes that quickly. Never rejects. */
  async #refuse(client: ClientConnection): Promise<void> {
    const state = `${this.#connections.size} requests are under way, which is the limit`;
    this.#episodes.log("warn", "relay.full", { clients: this.#connections.size });
    if (this.#refusals >= RELAY_LIMITS.refusals) return client.close();
    this.#refusals++;
    try {
      await linger(client.read().then(() => {}));
      await linger(client.write(unavailableResponse(state, false)));
    } catch {
      // The client has left meanwhile.
    } finally {
      this.#refusals--;
      client.close();
    }
  }
}
