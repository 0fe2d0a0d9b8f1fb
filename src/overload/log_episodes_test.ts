import assert from "node:assert/strict";
import { LogEpisodes } from "./log_episodes.ts";

Deno.test("LogEpisodes logs the first of a series, and the next after a quiet time with what it left out", () => {
  const lines: string[] = [];
  let now = 0;
  const episodes = new LogEpisodes(
    (_level, event, fields) => lines.push(`${now} ${event} ${fields?.["port"]} ${fields?.["leftOut"]}`),
    () => now,
  );
  for (; now < 100_000; now += 10_000) episodes.log("warn", "full", { port: 80 }, "80");
  episodes.log("warn", "full", { port: 81 }, "81");
  now = 200_000;
  episodes.log("warn", "full", { port: 80 }, "80");
  assert.deepEqual(lines, ["0 full 80 undefined", "100000 full 81 undefined", "200000 full 80 9"]);
});

Deno.test("LogEpisodes remembers a bounded number of keys", () => {
  let lines = 0;
  const episodes = new LogEpisodes(() => lines++, () => 0);
  for (let key = 0; key < 1_000; key++) episodes.log("warn", "full", {}, String(key));
  assert.equal(lines, 1_000);
  episodes.log("warn", "full", {}, "999");
  assert.equal(lines, 1_000, "one of the newest is remembered");
  episodes.log("warn", "full", {}, "0");
  assert.equal(lines, 1_001, "one of the oldest is forgotten");
});
