import assert from "node:assert/strict";
import type { Status } from "../../api/resources/status.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { NEVER } from "../../timing/sleep.ts";
import { waitForEngine } from "./start.ts";

const CONTEXT = { note: () => {}, interactive: false, columns: () => 80, signal: NEVER };

/** A client that sees these states of the engine, one after another, and counts the starts that it is asked for. */
function clientThatSees(states: readonly string[], problem?: WindlassError) {
  const seen = {
    starts: 0,
    engine: {
      start: () => {
        seen.starts++;
        return problem === undefined ? Promise.resolve() : Promise.reject(problem);
      },
    },
    async *statusChanges() {
      for (const state of states) yield { engine: { state } } as Status;
    },
  };
  return seen;
}

Deno.test("waitForEngine() starts an engine again that has run and stopped before the first check", async () => {
  const client = clientThatSees(["stopped", "starting", "running"]);
  assert.equal((await waitForEngine({ root: "/home" }, client, CONTEXT)).engine.state, "running");
  assert.equal(client.starts, 1);
});

Deno.test("waitForEngine() says that the host has ended, even if it ends as the engine is started again", async () => {
  const client = clientThatSees(
    ["stopped"],
    new WindlassError("WL_HOST_NOT_RUNNING", "Cannot reach the host"),
  );
  await assert.rejects(waitForEngine({ root: "/home" }, client, CONTEXT), {
    code: "WL_HOST_START_FAILED",
    message: "Cannot start the engine: the host of /home has ended",
  });
});
