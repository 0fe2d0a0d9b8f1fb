import assert from "node:assert/strict";

/** What a function that may take its time has returned at once. */
export function settled<T>(value: T | Promise<T>): T {
  assert.ok(!(value instanceof Promise), "it takes its time");
  return value;
}
