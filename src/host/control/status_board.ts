/**
 * Announces that something in the host has changed. A follower that reads slowly sees the newest value, not every one
 * in between: nothing is queued.
 */
export class StatusBoard {
  #changed = Promise.withResolvers<void>();
  readonly #watchers: (() => void)[] = [];

  /** Calls `watcher` at each change from now on. */
  watch(watcher: () => void): void {
    this.#watchers.push(watcher);
  }

  /** Announces a change. */
  change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
    for (const watcher of this.#watchers) watcher();
  }

  /** The value that `read` returns now and after changes, until the signal ends it. */
  async *follow<T>(read: () => T, signal: AbortSignal): AsyncGenerator<T> {
    while (!signal.aborted) {
      const changed = this.#changed.promise;
      yield read();
      await either(changed, signal);
    }
  }
}

/**
 * Resolves with the promise, or once the signal is aborted. Nothing of it stays with the signal: a page may follow for
 * days, and `Promise.race()` would leave a little at each change.
 */
async function either(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const first = Promise.withResolvers<void>();
  const end = () => first.resolve();
  signal.addEventListener("abort", end, { once: true });
  promise.then(end);
  await first.promise;
  signal.removeEventListener("abort", end);
}
