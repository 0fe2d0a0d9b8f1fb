import assert from "node:assert/strict";
import { dateRange, timeRange, weekdayRange } from "./pac_times.ts";

/** A Wednesday in December, in the time zone of this machine. */
const NOW = new Date(2026, 11, 30, 17, 15, 30);

for (
  const [values, is] of [
    [["WED"], true],
    [["TUE"], false],
    [["MON", "FRI"], true],
    [["SAT", "TUE"], false],
    [["FRI", "WED"], true],
    [["mon", "fri"], true],
    [["MON", undefined, undefined], false],
    [["noday"], false],
    [[], false],
  ] as const
) {
  Deno.test(`weekdayRange(${values}) is ${is} on a Wednesday`, () => {
    assert.equal(weekdayRange(NOW, values), is);
  });
}

for (
  const [values, is] of [
    [[17], true],
    [[16], false],
    [[8, 17], true],
    [[8, 16], false],
    [[22, 6], false],
    [[16, 6], true],
    [[8, 0, 17, 15], true],
    [[8, 0, 17, 14], false],
    [[8, 0, 0, 17, 15, 30], true],
    [[8, 0, 0, 17, 15, 29], false],
    [[8, 0, 17], false],
    [["x"], false],
  ] as const
) {
  Deno.test(`timeRange(${values}) is ${is} at 17:15:30`, () => {
    assert.equal(timeRange(NOW, values), is);
  });
}

for (
  const [values, is] of [
    [[30], true],
    [[29], false],
    [["DEC"], true],
    [[2026], true],
    [[2027], false],
    [[1, 31], true],
    [["OCT", "FEB"], true],
    [["JAN", "NOV"], false],
    [[2020, 2026], true],
    [[24, "DEC", 6, "JAN"], true],
    [[1, "JAN", 29, "DEC"], false],
    [["JAN", 2026, "DEC", 2026], true],
    [[31, "DEC", 2026, 1, "JAN", 2027], false],
    [[30, "DEC", 2026, 1, "JAN", 2027], true],
    [[30, "DEC", 6], false],
    [["x"], false],
  ] as const
) {
  Deno.test(`dateRange(${values}) is ${is} on 30 December 2026`, () => {
    assert.equal(dateRange(NOW, values), is);
  });
}

Deno.test("GMT compares the time of that zone", () => {
  const hour = NOW.getUTCHours();
  assert.equal(timeRange(NOW, [hour, "GMT"]), true);
  assert.equal(timeRange(NOW, [(hour + 1) % 24, "GMT"]), false);
  assert.equal(dateRange(NOW, [NOW.getUTCDate(), "GMT"]), true);
});
