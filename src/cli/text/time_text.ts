/**
 * A time for people: on the clock of this machine, to the minute, such as "2026-11-29 14:05". Pure but for the
 * machine's time zone.
 *
 * @param time ISO 8601, or nothing.
 */
export function timeText<T extends string | null>(time: T): T extends string ? string : string | undefined;
export function timeText(time: string | null): string | undefined {
  return time === null ? undefined : localTime(time).slice(0, "2026-11-29 14:05".length);
}

/** As {@linkcode timeText}, to the millisecond, such as "2026-11-29 14:05:09.042": for lines of a log. */
export function exactTimeText(time: string): string {
  return localTime(time);
}

/**
 * How long until a time, in whole minutes, such as "in 10 minutes"; for a later time, when. Pure but for the
 * machine's time zone.
 *
 * @param now Milliseconds since 1970.
 */
export function untilText(time: string, now: number): string {
  const minutes = Math.round((Date.parse(time) - now) / 60_000);
  if (minutes < 1) return "in less than a minute";
  if (minutes < 120) return minutes === 1 ? "in 1 minute" : `in ${minutes} minutes`;
  return `at ${timeText(time)}`;
}

function localTime(time: string): string {
  const date = new Date(time);
  // The year has four digits for as long as this matters.
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().replace("T", " ").replace("Z", "");
}
