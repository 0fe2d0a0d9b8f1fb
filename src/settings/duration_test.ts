import assert from "node:assert/strict";
import { DURATION_REGEXP, durationMilliseconds } from "./duration.ts";

Deno.test("durationMilliseconds() reads every unit, and never", () => {
  for (
    const [text, milliseconds] of [
      ["90s", 90_000],
      ["10m", 600_000],
      ["1h30m", 5_400_000],
      ["2d1h1m1s", 176_461_000],
      ["never", null],
    ] as const
  ) {
    assert.match(text, DURATION_REGEXP);
    assert.equal(durationMilliseconds(text), milliseconds, text);
  }
});

Deno.test("DURATION_REGEXP refuses what is not a duration", () => {
  for (const text of ["", "10", "m", "1m1h", "-1m", "1.5h", "1 m", "10M", "never1s", "1234567s", "10m\n"]) {
    assert.doesNotMatch(text, DURATION_REGEXP);
  }
});
