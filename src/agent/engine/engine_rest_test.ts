import assert from "node:assert/strict";
import { FAKE_NOW, settle, superviseFake } from "../../../tests/fakes/supervised_engine.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { NEVER } from "../../timing/sleep.ts";

Deno.test("EngineSupervisor.rest() stops dockerd, and the next client starts it", async () => {
  const { machine, states, supervisor, stop } = superviseFake();
  await supervisor.whenRunning(NEVER);
  await supervisor.rest();
  assert.deepEqual(machine.started[0]?.signals, ["SIGTERM"]);
  assert.deepEqual(supervisor.state, { kind: "resting" });
  await supervisor.rest(); // it does already
  await settle();
  assert.equal(machine.started.length, 1);
  await supervisor.whenRunning(NEVER);
  assert.equal(machine.started.length, 2);
  assert.deepEqual(states.slice(3).map(({ kind }) => kind), [
    "stopping",
    "stopping",
    "resting",
    "preparing",
    "starting",
    "running",
  ]);
  await stop();
});

Deno.test("EngineSupervisor.rest() loses no client that comes while dockerd is stopping", async () => {
  const { machine, states, supervisor, stop } = superviseFake((machine) => {
    machine.onStart = (dockerd) => dockerd.obeys = machine.started.length > 1;
    machine.longSleepMilliseconds = 30_000; // the limit of a stop does not pass
  });
  await supervisor.whenRunning(NEVER);
  const rest = supervisor.rest();
  const client = supervisor.whenRunning(NEVER);
  await settle();
  assert.equal(supervisor.state.kind, "stopping");
  machine.started[0]?.end("status 0");
  await Promise.all([rest, client]);
  assert.equal(machine.started.length, 2);
  assert.equal(states.some(({ kind }) => kind === "resting"), false);
  await stop();
});

Deno.test("EngineSupervisor.rest() stops nothing that a client waits for, nor one that leaves", async () => {
  const answer = Promise.withResolvers<void>();
  const { machine, supervisor, stop } = superviseFake((machine) => machine.answer = answer.promise);
  const client = supervisor.whenRunning(NEVER);
  await settle();
  await assert.rejects(
    supervisor.rest(),
    new WindlassError("WL_ENGINE_FAILED", "Cannot let Docker rest: it is being waited for"),
  );
  answer.resolve();
  await client;
  assert.deepEqual(machine.started[0]?.signals, []);
  await stop();
  await assert.rejects(
    supervisor.rest(),
    new WindlassError("WL_ENGINE_FAILED", "Cannot let Docker rest: the agent is shutting down"),
  );
});

Deno.test("EngineSupervisor rests on when a client leaves before Docker is started for it", async () => {
  const { machine, supervisor, stop } = superviseFake(() => {}, true);
  await settle();
  const left = new AbortController();
  left.abort(new Error("the client left"));
  await assert.rejects(supervisor.whenRunning(left.signal), /the client left/);
  await settle();
  assert.deepEqual(supervisor.state, { kind: "resting" });
  assert.equal(machine.started.length, 0);
  await stop();
});

Deno.test("EngineSupervisor can begin at rest, once what a predecessor has left is gone", async () => {
  const { machine, states, supervisor, stop } = superviseFake(() => {}, true);
  await settle();
  assert.deepEqual(machine.events, ["clear"]);
  assert.deepEqual(states, [{ kind: "preparing", stage: "leftovers" }, { kind: "resting" }]);
  await Promise.all([supervisor.whenRunning(NEVER), supervisor.whenRunning(NEVER)]);
  assert.equal(machine.started.length, 1);
  await stop();
});

Deno.test("EngineSupervisor starts a dockerd that rests when a restart is asked for, and leaves one that rests at once", async () => {
  const first = superviseFake(() => {}, true);
  await settle();
  await first.supervisor.restart();
  await settle();
  assert.equal(first.supervisor.state.kind, "running");
  await first.stop();
  const second = superviseFake(() => {}, true);
  await settle();
  await second.stop();
  assert.deepEqual(second.machine.started, []);
  assert.deepEqual(second.states.at(-1), { kind: "stopping", stage: "network", since: FAKE_NOW });
});
