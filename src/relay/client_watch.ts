import { RELAY_LIMITS } from "./relay_limits.ts";

/** Something with a client that could have vanished without a sign. */
export interface WatchedClient {
  /** Looks once. Never rejects. */
  checkClient(): Promise<void>;
}

/**
 * Looks at some connections every {@linkcode RELAY_LIMITS.clientCheckMilliseconds}: those where a client's end
 * would not show up as the end of a read. While there are none, no timer runs.
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
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Looks at all of them now. */
  check(): void {
    for (const client of this.#watched) void client.checkClient();
  }

  [Symbol.dispose](): void {
    for (const client of [...this.#watched]) this.delete(client);
  }
}
