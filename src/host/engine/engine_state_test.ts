import assert from "node:assert/strict";
import { engineWarnings, stateOfAgent } from "./engine_state.ts";

Deno.test("stateOfAgent() and engineWarnings() report options that are not used", () => {
  const since = "2026-01-01T00:00:00.000Z";
  const state = stateOfAgent({
    kind: "running",
    since,
    dockerVersion: "28",
    sampleImages: "loaded",
    optionsProblem: "unknown: nonsense",
  });
  assert.deepEqual(engineWarnings(state).map(({ code, message }) => [code, message]), [[
    "WL_DAEMON_OPTIONS_INVALID",
    "Cannot use 'engine.daemonOptions', so Docker runs without: unknown: nonsense",
  ]]);
  assert.deepEqual(engineWarnings({ kind: "running", since, dockerVersion: "28" }), []);
});

Deno.test("stateOfAgent() passes on why the engine does not run, with the remedy for it", () => {
  const message = "Cannot start dockerd 27.1.0: the data was last written by 29.0.1";
  assert.deepEqual(stateOfAgent({ kind: "failed", code: "WL_DATA_TOO_NEW", message }), {
    kind: "failed",
    problem: {
      code: "WL_DATA_TOO_NEW",
      message,
      remedy:
        "Update Windlass again ('windlass update check'), or start over with empty data: 'windlass reset --data'.",
    },
  });
});
