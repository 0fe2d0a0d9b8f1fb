import { RELAY_LIMITS } from "./relay_limits.ts";

/** Something with a client that may vanish unnoticed. */
export interface WatchedClient {
  /** Checks once. Never rejects. */
  checkClient(): Promise<void>;
}

/**
 * Checks some connections every {@linkcode RELAY_LIMITS.clientCheckMilliseconds}: those where a client's departure
 * would not end a read. The timer outlives the last of them by one check: connections come in quick succession, and a
 * timer each would be a large part of their cost.
 */
export class ClientWatch implements Disposable {
  readonly #watched = new Set<WatchedClient>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Starts to check a client. Adding it twice changes nothing. */
  add(client: WatchedClient): void {
    this.#watched.add(client);
    this.#timer ??= setInterval(() => this.check(), RELAY_LIMITS.clientCheckMilliseconds);
  }

  /** Stops checking a client. */
  delete(client: WatchedClient): void {
    this.#watched.delete(client);
  }

  /** Checks all of them now. */
  check(): void {
    if (this.#watched.size === 0) this.#stop();
    for (const client of this.#watched) void client.checkClient();
  }

  [Symbol.dispose](): void {
    this.#watched.clear();
    this.#stop();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
