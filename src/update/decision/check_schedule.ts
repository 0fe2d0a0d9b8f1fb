import { type BackOff, backOffMilliseconds } from "../../timing/back_off.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** When an installation asks its channel. */
export const CHECK_SCHEDULE = {
  /** Two requests of a few hundred bytes four times a day: a security fix is known within a working day. */
  everyMilliseconds: 6 * HOUR,
  /** Each wait is up to this share longer or shorter, so that machines that began together drift apart. */
  jitter: 0.25,
  /** The start of a machine has better things to do, and its network may not be up yet. */
  firstLeastMilliseconds: MINUTE,
  /**
   * Machines of an office are switched on within minutes. Their first checks are spread over this time; longer, and
   * a machine that is used for half an hour a day would never check.
   */
  firstSpreadMilliseconds: 30 * MINUTE,
  /** After failures. The whole wait is drawn at random, so that a server that is back is not met by all at once. */
  retry: { firstMilliseconds: 30 * MINUTE, factor: 2, maximumMilliseconds: 6 * HOUR } satisfies BackOff,
} as const;

/**
 * How long to wait after a check that was answered, in milliseconds: 6 hours, 25 % more or less. Pure.
 *
 * @param random From 0 to below 1, as `Math.random()` gives it.
 */
export function nextCheckDelay(random: number): number {
  const { everyMilliseconds, jitter } = CHECK_SCHEDULE;
  return Math.round(everyMilliseconds * (1 - jitter + 2 * jitter * random));
}

/**
 * How long to wait after the start of the host, in milliseconds: 1 to 31 minutes, or longer until a check is due
 * again, if the last one is not long ago. Pure.
 *
 * @param random From 0 to below 1.
 * @param sinceLastCheck Milliseconds; nothing if there was none. Below zero, as after a clock was put back, counts as none.
 */
export function firstCheckDelay(random: number, sinceLastCheck?: number): number {
  const { firstLeastMilliseconds, firstSpreadMilliseconds, everyMilliseconds } = CHECK_SCHEDULE;
  const soon = Math.round(firstLeastMilliseconds + firstSpreadMilliseconds * random);
  if (sinceLastCheck === undefined || sinceLastCheck < 0) return soon;
  return soon + Math.max(0, everyMilliseconds - sinceLastCheck);
}

/**
 * How long to wait after checks that failed, in milliseconds: between half of and one and a half times 30 minutes,
 * then 1, 2, 4 and at most 6 hours. Pure.
 *
 * @param failures In a row, 1 after the first.
 * @param random From 0 to below 1.
 */
export function retryCheckDelay(failures: number, random: number): number {
  return Math.round(backOffMilliseconds(CHECK_SCHEDULE.retry, failures) * (0.5 + random));
}
