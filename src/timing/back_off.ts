/** The shape of a back-off: first wait, growth, ceiling. */
export interface BackOff {
  readonly firstMilliseconds: number;
  readonly factor: number;
  readonly maximumMilliseconds: number;
}

/**
 * How long to wait after the given number of failures in a row (1 is the first one). Never below the first wait
 * and never above the maximum, for any number.
 *
 * @example
 * ```ts
 * backOffMilliseconds({ firstMilliseconds: 100, factor: 2, maximumMilliseconds: 1_000 }, 3); // 400
 * ```
 */
export function backOffMilliseconds(backOff: BackOff, failures: number): number {
  const wait = backOff.firstMilliseconds * backOff.factor ** Math.max(0, failures - 1);
  return Math.min(backOff.maximumMilliseconds, wait);
}
