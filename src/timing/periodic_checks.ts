/**
 * Checks that many short-lived objects want at the same interval, on one timer: starting and ending a timer of its own
 * takes longer than all else that ends a connection. The timer ends at its first tick without checks, and does not keep
 * the process running until then.
 */
export class PeriodicChecks {
  readonly #milliseconds: number;
  readonly #checks = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /** Calls `check` at each tick until it is removed. The first tick may be early, if the timer is already running. */
  add(check: () => void): void {
    const isFirst = this.#checks.size === 0;
    this.#checks.add(check);
    if (this.#timer === undefined) this.#timer = setInterval(() => this.#tick(), this.#milliseconds);
    else if (isFirst) this.#timer.ref();
  }

  /** Removing a check that is not there does nothing. */
  remove(check: () => void): void {
    if (this.#checks.delete(check) && this.#checks.size === 0) this.#timer?.unref();
  }

  #tick(): void {
    if (this.#checks.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    for (const check of [...this.#checks]) check();
  }
}
