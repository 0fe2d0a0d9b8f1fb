/** Format of a duration in the settings: `90s`, `10m`, `1h30m`, `2d`; `never` for no end. */
export const DURATION_REGEXP = /^(?:never|(?=\d)(?:\d{1,6}d)?(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,6}s)?)$/;

const UNIT_MILLISECONDS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
};

/**
 * The duration in milliseconds; `null` for `never`. Pure.
 *
 * @param text Matches {@linkcode DURATION_REGEXP}.
 * @example `durationMilliseconds("1h30m")` is 5,400,000.
 */
export function durationMilliseconds(text: string): number | null {
  if (text === "never") return null;
  let milliseconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([dhms])/g)) {
    milliseconds += Number(count) * (UNIT_MILLISECONDS[unit ?? ""] ?? 0);
  }
  return milliseconds;
}
