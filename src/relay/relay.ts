import type { Log } from "../logging/log.ts";
import type { ClientConnection, Listener } from "../platform/listener.ts";
import { ClientWatch } from "./client_watch.ts";
import type { TranslatePath } from "./translate_path.ts";
import type { ActiveRequest } from "./pending_request.ts";
import { RelayConnection } from "./relay_connection.ts";
import { RELAY_LIMITS } from "./relay_limits.ts";
import type { OpenUpstream } from "./upstream.ts";

export type { ActiveRequest } from "./pending_request.ts";
export type { OpenUpstream, UpstreamDuplex } from "./upstream.ts";

/** What {@linkcode startRelay} joins together. */
export interface RelayOptions {
  /** Where clients connect. The relay owns it from now on. */
  readonly listener: Listener;
  readonly openUpstream: OpenUpstream;
  readonly translatePath: TranslatePath;
  readonly log: Log;
  /** Told each request whose answer is complete, or whose connection has ended before. */
  readonly requestEnded?: (request: ActiveRequest) => void;
  /** Ends the relay as `close()` does. */
  readonly signal?: AbortSignal;
}

/** A running relay. */
export interface Relay extends AsyncDisposable {
  /** Where clients find it. */
  readonly address: string;
  readonly connectionCount: number;
  /** Requests without a complete answer and raw streams, of all connections. */
  activeRequests(): readonly ActiveRequest[];
  /** Gives the streams of idle connections back to the engine, so that it may stop; clients stay connected. */
  letGo(): void;
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

  constructor(private readonly options: RelayOptions) {
    this.#accepting = this.#accept();
    const { signal } = options;
    if (signal?.aborted === true) void this.close();
    else {signal?.addEventListener("abort", () => void this.close(), {
        once: true,
        signal: this.#stop.signal,
      });}
  }

  get address(): string {
    return this.options.listener.address;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  activeRequests(): readonly ActiveRequest[] {
    return [...this.#connections].flatMap((connection) => connection.activeRequests);
  }

  letGo(): void {
    for (const connection of this.#connections) connection.letGo();
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

  async #accept(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        const client = await this.options.listener.accept();
        if (client === null) return;
        this.#serve(client);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.options.log("warn", "relay.accept.failed", { reason });
        await this.#pause();
      }
    }
  }

  #serve(client: ClientConnection): void {
    if (this.#stop.signal.aborted) return client.close();
    const connection = new RelayConnection(client, { ...this.options, watch: this.#watch });
    this.#connections.add(connection);
    const running = connection.run().finally(() => {
      this.#connections.delete(connection);
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, RELAY_LIMITS.acceptRetryMilliseconds);
    this.#stop.signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
  }
}
