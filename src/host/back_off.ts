/** The first retry comes at once for a person, and late enough for a dying process to be gone. */
const FIRST_MILLISECONDS = 250;
/** A fault that lasts is retried at most this often: often enough to notice its end soon. */
const LONGEST_MILLISECONDS = 30_000;
/** Whatever ran this long was healthy; its end starts a new count. */
const HEALTHY_MILLISECONDS = 60_000;

/** How long to wait before the next try, from how the last ones went. Pure arithmetic; the clock is handed in. */
export class BackOff {
  #failures = 0;

  /** Failures since the last healthy run. */
  get failures(): number {
    return this.#failures;
  }

  /** Takes one more failure, of something that ran for `ranMilliseconds`, and says how long to wait now. */
  failed(ranMilliseconds: number): number {
    this.#failures = ranMilliseconds >= HEALTHY_MILLISECONDS ? 1 : this.#failures + 1;
    return Math.min(FIRST_MILLISECONDS * 2 ** (this.#failures - 1), LONGEST_MILLISECONDS);
  }
}
