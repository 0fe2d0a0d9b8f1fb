import { type BackOff, backOffMilliseconds } from "../../timing/back_off.ts";

/**
 * The first retry comes at once for a person, and late enough for a dying process to be gone. A fault that lasts
 * is retried often enough to notice its end soon.
 */
const BACK_OFF: BackOff = { firstMilliseconds: 250, factor: 2, maximumMilliseconds: 30_000 };
/** Whatever ran this long was healthy; its end starts a new count. */
const HEALTHY_MILLISECONDS = 60_000;

/** How long to wait before the next try, from how the last ones went. Pure; the clock is handed in. */
export class RetryPace {
  #failures = 0;

  /** Failures since the last healthy run. */
  get failures(): number {
    return this.#failures;
  }

  /** Takes one more failure, of something that ran for `ranMilliseconds`, and says how long to wait now. */
  failed(ranMilliseconds: number): number {
    this.#failures = ranMilliseconds >= HEALTHY_MILLISECONDS ? 1 : this.#failures + 1;
    return backOffMilliseconds(BACK_OFF, this.#failures);
  }
}
