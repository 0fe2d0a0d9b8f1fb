import assert from "node:assert/strict";
import { FakeUpdateWorld, NEW, OLD } from "../../../tests/fakes/fake_update_world.ts";
import { NEVER } from "../../timing/sleep.ts";
import { holdTrial } from "./hold_trial.ts";
import { nameOnTrial } from "../change/change_version.ts";
import type { SwitchedChange } from "../records/journal.ts";

const CHANGE: SwitchedChange = {
  kind: "update",
  change: "6e1f1b0a-1111-4222-8333-444455556666",
  by: "user",
  since: "2026-01-02T03:04:05.000Z",
  version: "1.1.0",
  undo: true,
  from: { id: OLD, version: "1.0.0", previous: null },
  id: NEW,
  switched: "2026-01-02T03:04:05.000Z",
  containers: [],
};

/** A machine whose launcher has just started the new version for the second time. */
async function onTrial() {
  const world = new FakeUpdateWorld();
  const records = world.records();
  world.installed.set(NEW, new Uint8Array());
  await nameOnTrial(records, CHANGE);
  world.launch();
  world.launch();
  return { world, records };
}

Deno.test("holdTrial() gives the start back, and notifies the guardian, when the host is asked to end", async () => {
  const { world, records } = await onTrial();
  assert.equal(world.current?.tries, 2);
  const end = new AbortController();
  const check = (_: SwitchedChange, signal: AbortSignal) => {
    end.abort();
    return Promise.reject(signal.reason);
  };
  assert.equal(await holdTrial(records, CHANGE, check, end.signal), "left");
  assert.deepEqual([world.current?.trial, world.current?.tries], [true, 1]);
  const { foundJournal } = world;
  assert.ok(typeof foundJournal === "object" && foundJournal.state === "trial" && foundJournal.stopped);
  assert.equal(world.launch(), NEW);
});

Deno.test("holdTrial() undoes the change with the reason alone, and leaves the journal to the next host", async () => {
  const { world, records } = await onTrial();
  const check = () => Promise.reject(new Error("no\nmemory"));
  assert.equal(await holdTrial(records, CHANGE, check, NEVER), "undone");
  assert.equal(world.current, undefined);
  const { foundJournal } = world;
  assert.ok(typeof foundJournal === "object" && foundJournal.state === "rolling-back");
  assert.equal(foundJournal.reason, "Cannot continue: no memory");
});
