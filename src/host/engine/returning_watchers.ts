/** A client that comes back within this time after a stop may have been a client before it. */
const RETURN_MILLISECONDS = 30 * 60_000;
/** The first period in which watching is a use: a multiple of the idle time, but at least this. Each next is twice as long. */
const FIRST_PERIOD_IDLE_TIMES = 10;
const FIRST_PERIOD_MILLISECONDS = 5 * 60_000;
/** A working day: a client that still watches then has been forgotten by its user. */
const LONGEST_PERIOD_MILLISECONDS = 8 * 3_600_000;

/**
 * Keeps clients that only watch, but come back after each stop, from having the engine stopped and started for ever.
 * Watching does not keep the engine, but each request starts it. So in an engine that was started soon after an idle
 * stop, watching is a use for a period, which doubles each time that nothing else used the engine.
 */
export class ReturningWatchers {
  /** Idle stops in a row after which the engine was soon started again, and then only watched. */
  #returns = 0;
  #stoppedAt: number | undefined;
  /** Until when watching is a use in the present life. */
  #useUntil = -Infinity;
  #watchedAt = -Infinity;
  #isReturn = false;
  #wasUsed = false;

  /** When the engine was last watched, as far as that is a use. */
  get watchedAt(): number {
    return this.#watchedAt;
  }

  /** The engine is running. */
  began(now: number, idleMilliseconds: number): void {
    this.#isReturn = this.#stoppedAt !== undefined && now - this.#stoppedAt <= RETURN_MILLISECONDS;
    if (!this.#isReturn) this.#returns = 0;
    this.#stoppedAt = undefined;
    this.#wasUsed = false;
    this.#watchedAt = -Infinity;
    this.#useUntil = this.#isReturn ? now + periodMilliseconds(this.#returns, idleMilliseconds) : -Infinity;
  }

  /** A client uses it, and does not only watch. */
  used(): void {
    this.#wasUsed = true;
  }

  /** A client watches it. */
  watched(now: number): void {
    if (now < this.#useUntil) this.#watchedAt = now;
  }

  /** It is stopped because nobody uses it. */
  stopped(now: number): void {
    if (this.#isReturn && !this.#wasUsed) this.#returns++;
    this.#stoppedAt = now;
    this.#useUntil = -Infinity;
  }
}

/** How long watching is a use after so many returns. Pure. */
export function periodMilliseconds(returns: number, idleMilliseconds: number): number {
  const first = Math.max(FIRST_PERIOD_MILLISECONDS, idleMilliseconds * FIRST_PERIOD_IDLE_TIMES);
  return Math.min(first * 2 ** returns, Math.max(LONGEST_PERIOD_MILLISECONDS, idleMilliseconds));
}
