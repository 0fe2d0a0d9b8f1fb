import assert from "node:assert/strict";
import { surviveDefects } from "./survive_defects.ts";

function failure(reason: unknown): Event {
  return Object.assign(new Event("unhandledrejection", { cancelable: true }), { reason });
}

Deno.test("surviveDefects() reports a failure that nobody takes, and keeps the process", () => {
  const source = new EventTarget();
  const reports: string[] = [];
  const surviving = surviveDefects((reason) => reports.push(reason), source);
  const event = failure("lost");
  source.dispatchEvent(event);
  assert.ok(event.defaultPrevented);
  const thrown = Object.assign(new Event("error", { cancelable: true }), { error: new RangeError("late") });
  source.dispatchEvent(thrown);
  assert.ok(thrown.defaultPrevented);
  assert.equal(reports[0], "lost");
  assert.ok(reports[1]?.startsWith("RangeError: late\n"), reports[1]);
  surviving[Symbol.dispose]();
  const after = failure("lost");
  source.dispatchEvent(after);
  assert.ok(!after.defaultPrevented);
});

Deno.test("surviveDefects() reports ten a minute, and how many it left out", () => {
  const source = new EventTarget();
  const reports: string[] = [];
  let time = 0;
  surviveDefects((reason) => reports.push(reason), source, () => time);
  for (let count = 0; count < 25; count++) source.dispatchEvent(failure("x"));
  assert.equal(reports.length, 10);
  time = 60_000;
  source.dispatchEvent(failure("y"));
  assert.deepEqual(reports.slice(10), ["15 more defects were not reported", "y"]);
});
