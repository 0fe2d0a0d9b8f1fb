import assert from "node:assert/strict";
import { periodMilliseconds, ReturningWatchers } from "./returning_watchers.ts";

const MINUTE = 60_000;

Deno.test("ReturningWatchers counts no look in a first life, nor after a long pause", () => {
  const watchers = new ReturningWatchers();
  watchers.began(0, MINUTE);
  watchers.watched(1);
  assert.equal(watchers.watchedAt, -Infinity);
  watchers.stopped(MINUTE);
  watchers.began(40 * MINUTE, MINUTE);
  watchers.watched(41 * MINUTE);
  assert.equal(watchers.watchedAt, -Infinity);
});

Deno.test("ReturningWatchers counts looks for a period after a return, and longer after the next", () => {
  const watchers = new ReturningWatchers();
  watchers.began(0, MINUTE);
  watchers.stopped(MINUTE);
  watchers.began(2 * MINUTE, MINUTE);
  watchers.watched(11 * MINUTE);
  assert.equal(watchers.watchedAt, 11 * MINUTE);
  watchers.watched(13 * MINUTE);
  assert.equal(watchers.watchedAt, 11 * MINUTE);
  watchers.stopped(13 * MINUTE);
  watchers.began(14 * MINUTE, MINUTE);
  watchers.watched(33 * MINUTE);
  assert.equal(watchers.watchedAt, 33 * MINUTE);
});

Deno.test("ReturningWatchers does not lengthen the period after a life that was used", () => {
  const watchers = new ReturningWatchers();
  watchers.began(0, MINUTE);
  watchers.stopped(MINUTE);
  watchers.began(2 * MINUTE, MINUTE);
  watchers.used();
  watchers.stopped(13 * MINUTE);
  watchers.began(14 * MINUTE, MINUTE);
  watchers.watched(25 * MINUTE);
  assert.equal(watchers.watchedAt, -Infinity);
});

Deno.test("periodMilliseconds() is at least five minutes, doubles, and ends at eight hours", () => {
  assert.equal(periodMilliseconds(0, 1_000), 5 * MINUTE);
  assert.equal(periodMilliseconds(0, 10 * MINUTE), 100 * MINUTE);
  assert.equal(periodMilliseconds(2, 1_000), 20 * MINUTE);
  assert.equal(periodMilliseconds(1_000, 1_000), 480 * MINUTE);
  assert.equal(periodMilliseconds(3, 24 * 60 * MINUTE), 24 * 60 * MINUTE);
});
