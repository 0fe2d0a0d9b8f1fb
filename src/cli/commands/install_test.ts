import assert from "node:assert/strict";
import { isIdle } from "./install.ts";

Deno.test("isIdle() is true only where a restart ends nobody's work", () => {
  const container = { what: "container web", since: null };
  assert.equal(isIdle({ state: "stopped", keptBy: [] }), true);
  assert.equal(isIdle({ state: "failed", keptBy: [] }), true);
  assert.equal(isIdle({ state: "running", keptBy: [] }), true);
  assert.equal(isIdle({ state: "running", keptBy: [container] }), false);
  for (const state of ["importing", "starting", "stopping"] as const) {
    assert.equal(isIdle({ state, keptBy: [] }), false, state);
  }
});
