import { RELAY_LIMITS } from "./relay_limits.ts";

/** Something with a client that could have vanished without a sign. */
export interface WatchedClient {
  /** Looks once. Never rejects. */
  checkClient(): Promise<void>;
}

/**
 * Looks at some connections every {@linkcode RELAY_LIMITS.clientCheckMilliseconds}: those where a client's end
 * would not show up as the end of a read. The timer outlives the last of them by one look, since connections come
 * in quick succession and a timer of its own would be a good part of the cost of each.
 */
export class ClientWatch implements Disposable {
  readonly #watched = new Set<WatchedClient>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Begins to look. Adding twice is adding once. */
  add(client: WatchedClient): void {
    this.#watched.add(client);
    this.#timer ??= setInterval(() => this.check(), RELAY_LIMITS.clientCheckMilliseconds);
  }

  /** Looks no more. */
  delete(client: WatchedClient): void {
    this.#watched.delete(client);
  }

  /** Looks at all of them now. */
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
