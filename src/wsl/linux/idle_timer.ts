/** Calls back once something has been unused for a time. */
export class IdleTimer implements Disposable {
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param milliseconds `null`: never */
  constructor(readonly milliseconds: number | null, readonly onIdle: () => void) {}

  /** Restarts the time; this once it lasts no less than `least` milliseconds. */
  restart(least = 0): void {
    this.stop();
    if (this.milliseconds === null) return;
    this.#timer = setTimeout(this.onIdle, Math.max(this.milliseconds, least));
  }

  /** Forgets the time: it is in use. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}
