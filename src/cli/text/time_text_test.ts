import assert from "node:assert/strict";
import { exactTimeText, timeText, untilText } from "./time_text.ts";

/** Such a time in the zone of whatever machine runs this. */
const iso = (...parts: [number, number, number, number, number, number, number]) =>
  new Date(...parts).toISOString();

Deno.test("timeText() shows the local date and time to the minute", () => {
  assert.equal(timeText(iso(2026, 0, 2, 3, 4, 5, 6)), "2026-01-02 03:04");
  assert.equal(timeText(iso(2026, 6, 31, 23, 59, 59, 999)), "2026-07-31 23:59");
  assert.equal(timeText(null), undefined);
});

Deno.test("exactTimeText() shows milliseconds", () => {
  assert.equal(exactTimeText(iso(2026, 10, 29, 14, 5, 9, 42)), "2026-11-29 14:05:09.042");
});

Deno.test("untilText() counts whole minutes, and names a time that is far away", () => {
  const now = Date.parse(iso(2026, 10, 29, 14, 0, 0, 0));
  assert.equal(untilText(iso(2026, 10, 29, 14, 0, 20, 0), now), "in less than a minute");
  assert.equal(untilText(iso(2026, 10, 29, 14, 1, 0, 0), now), "in 1 minute");
  assert.equal(untilText(iso(2026, 10, 29, 14, 10, 0, 0), now), "in 10 minutes");
  assert.equal(untilText(iso(2026, 10, 29, 18, 30, 0, 0), now), "at 2026-11-29 18:30");
});
