import assert from "node:assert/strict";
import { firstCheckDelay, nextCheckDelay, retryCheckDelay } from "./check_schedule.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CLIENTS = 1_000;

/** The same numbers on every run, spread evenly: a linear congruential generator. */
function randomNumbers(seed = 1): () => number {
  let state = seed;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
}

const CASES: readonly (readonly [string, number, number])[] = [
  ["nextCheckDelay(0)", nextCheckDelay(0), 4.5 * HOUR],
  ["nextCheckDelay(0.5)", nextCheckDelay(0.5), 6 * HOUR],
  ["nextCheckDelay(1)", nextCheckDelay(1), 7.5 * HOUR],
  ["firstCheckDelay(0)", firstCheckDelay(0), MINUTE],
  ["firstCheckDelay(1)", firstCheckDelay(1), 31 * MINUTE],
  ["firstCheckDelay(0) an hour after a check", firstCheckDelay(0, HOUR), 5 * HOUR + MINUTE],
  ["firstCheckDelay(0) a day after a check", firstCheckDelay(0, 24 * HOUR), MINUTE],
  ["firstCheckDelay(0) with a clock put back", firstCheckDelay(0, -HOUR), MINUTE],
  ["retryCheckDelay(1, 0)", retryCheckDelay(1, 0), 15 * MINUTE],
  ["retryCheckDelay(1, 1)", retryCheckDelay(1, 1), 45 * MINUTE],
  ["retryCheckDelay(3, 0.5)", retryCheckDelay(3, 0.5), 2 * HOUR],
  ["retryCheckDelay(99, 0.5)", retryCheckDelay(99, 0.5), 6 * HOUR],
];

for (const [name, delay, expected] of CASES) {
  Deno.test(`${name} is ${expected / MINUTE} minutes`, () => assert.equal(delay, expected));
}

/** The checks of all clients in one day, as counts by minute. They all start in the first minute. */
function checksByMinute(sinceLastCheck?: number): number[] {
  const random = randomNumbers();
  const minutes = new Array<number>(24 * 60).fill(0);
  for (let client = 0; client < CLIENTS; client++) {
    let time = random() * MINUTE + firstCheckDelay(random(), sinceLastCheck);
    while (time < 24 * HOUR) {
      minutes[Math.floor(time / MINUTE)]!++;
      time += nextCheckDelay(random());
    }
  }
  return minutes;
}

for (const [name, since] of [["never before", undefined], ["ten minutes before", 10 * MINUTE]] as const) {
  Deno.test(`1,000 machines that start in one minute and have checked ${name} do not come as a herd`, () => {
    const minutes = checksByMinute(since);
    // Spread over 30 minutes: 33 in a minute, and no minute has twice as many.
    assert.ok(Math.max(...minutes) < 66, `${Math.max(...minutes)} checks in one minute`);
    // After the second check of everybody they have drifted apart: 2.8 a minute on average.
    const late = minutes.slice(10 * 60);
    assert.ok(Math.max(...late) < 15, `${Math.max(...late)} checks in one minute`);
    // Nobody has been lost on the way: all have checked at least three times, counted together.
    assert.ok(minutes.reduce((sum, count) => sum + count, 0) >= 3 * CLIENTS);
  });
}

Deno.test("1,000 machines whose server is back after a failure do not come as a herd", () => {
  const random = randomNumbers();
  const minutes = new Array<number>(45).fill(0);
  for (let client = 0; client < CLIENTS; client++) {
    minutes[Math.floor(retryCheckDelay(1, random()) / MINUTE)]!++;
  }
  assert.ok(Math.max(...minutes) < 66, `${Math.max(...minutes)} checks in one minute`);
});
