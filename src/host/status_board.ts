/**
 * A value that changes, and those who want to know. A follower that reads slowly sees the newest value, not
 * every one in between: nothing is queued.
 */
export class StatusBoard<T> {
  #changed = Promise.withResolvers<void>();

  /** @param read The value as it is now. */
  constructor(private readonly read: () => T) {}

  /** Tells the followers. */
  change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** The value now and after changes, until the signal ends it. */
  async *follow(signal: AbortSignal): AsyncGenerator<T> {
    const ended = Promise.withResolvers<void>();
    const end = () => ended.resolve();
    signal.addEventListener("abort", end, { once: true });
    try {
      while (!signal.aborted) {
        const changed = this.#changed.promise;
        yield this.read();
        await Promise.race([changed, ended.promise]);
      }
    } finally {
      signal.removeEventListener("abort", end);
    }
  }
}
