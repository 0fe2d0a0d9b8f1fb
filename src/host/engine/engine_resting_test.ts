import assert from "node:assert/strict";
import { Bench } from "../../../tests/fakes/engine_bench.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { NEVER } from "../../timing/sleep.ts";

const RUNNING = {
  kind: "running",
  since: "2026-11-29T12:00:00.000Z",
  dockerVersion: "29.0.0",
  sampleImages: "loaded",
} as const;

Deno.test("Engine.startResting() begins a life without dockerd, once, and does nothing in any other state", async () => {
  const bench = new Bench();
  bench.engine.startResting();
  bench.engine.startResting();
  const life = await bench.life(1);
  assert.deepEqual([life.options.rests, bench.lives.length, bench.engine.isResting], [true, 1, false]);
  life.options.onState({ kind: "resting" });
  assert.deepEqual([bench.engine.isResting, bench.engine.state], [true, { kind: "resting" }]);
  await bench.engine.stop();
  assert.deepEqual([life.shutDowns, bench.engine.state.kind], [1, "stopped"]);
});

Deno.test("Engine.start() wakes an engine that rests", async () => {
  const bench = new Bench();
  bench.engine.startResting();
  const life = await bench.life(1);
  life.options.onState({ kind: "resting" });
  bench.engine.start();
  bench.engine.start();
  assert.deepEqual([life.wakes, bench.lives.length, bench.engine.isResting], [1, 1, false]);
  await bench.engine.stop();
});

Deno.test("Engine.connect() goes to the life that rests, which starts dockerd for it", async () => {
  const bench = new Bench();
  bench.engine.startResting();
  const life = await bench.life(1);
  life.options.onState({ kind: "resting" });
  assert.equal(await bench.engine.connect(NEVER), life.connection);
  assert.equal(bench.engine.isResting, false);
  await bench.engine.stop();
});

Deno.test("Engine.connect() that comes before the life that is to rest has it start dockerd", async () => {
  const bench = new Bench();
  bench.engine.startResting();
  const connection = bench.engine.connect(NEVER);
  const life = await bench.life(1);
  assert.deepEqual([await connection, life.options.rests], [life.connection, false]);
  await bench.engine.stop();
});

Deno.test("Engine.rest() leaves the agent, whose next life rests as well", async () => {
  const bench = new Bench();
  bench.engine.start();
  const life = await bench.life(1);
  life.options.onState(RUNNING);
  await bench.engine.rest();
  assert.deepEqual([life.rests, life.shutDowns, bench.engine.isResting], [1, 0, true]);
  life.end("WL_ENGINE_FAILED", "Cannot keep the engine running: killed");
  assert.equal((await bench.life(2)).options.rests, true);
  await bench.engine.stop();
});

Deno.test("Engine.rest() continues to run when a client came meanwhile", async () => {
  const bench = new Bench();
  bench.engine.start();
  const life = await bench.life(1);
  life.options.onState(RUNNING);
  life.restRefusal = new WindlassError("WL_AGENT_REFUSED", "Cannot rest: a client came");
  await bench.engine.rest();
  assert.deepEqual([bench.engine.state.kind, life.shutDowns], ["running", 0]);
  await bench.engine.stop();
});

Deno.test("Engine.rest() stops everything when the agent does not answer", async () => {
  const bench = new Bench();
  bench.engine.start();
  const life = await bench.life(1);
  life.options.onState(RUNNING);
  life.restRefusal = new DOMException("Signal timed out.", "TimeoutError");
  await bench.engine.rest();
  assert.deepEqual([bench.engine.state.kind, life.shutDowns], ["stopped", 1]);
});

Deno.test("Engine that rests stops when its distro is shut down and no workspace runs", async () => {
  const bench = new Bench();
  bench.keepsResting = false;
  bench.engine.startResting();
  const life = await bench.life(1);
  life.options.onState({ kind: "resting" });
  const stopped = bench.nextState("stopped");
  life.end("WL_ENGINE_FAILED", "Cannot keep the engine running: the agent ended with status 1");
  await stopped;
  assert.deepEqual([bench.lives.length, bench.engine.state.kind], [1, "stopped"]);
});

Deno.test("Engine that rests serves a request that comes while it is asked whether a workspace runs", async () => {
  const bench = new Bench();
  const asked = Promise.withResolvers<boolean>();
  bench.keepsResting = asked.promise;
  bench.engine.startResting();
  const life = await bench.life(1);
  life.options.onState({ kind: "resting" });
  life.end("WL_ENGINE_FAILED", "Cannot keep the engine running: the agent ended with status 1");
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  const connection = bench.engine.connect(NEVER);
  asked.resolve(false);
  const next = await bench.life(2);
  assert.deepEqual([await connection, next.options.rests], [next.connection, false]);
  await bench.engine.stop();
});

Deno.test("Engine.connect() that comes while the agent is asked to rest waits for the answer, and wakes it", async () => {
  const bench = new Bench();
  bench.engine.start();
  const life = await bench.life(1);
  life.options.onState(RUNNING);
  const stopped = Promise.withResolvers<void>();
  life.rest = () => stopped.promise;
  const rest = bench.engine.rest();
  let isConnected = false;
  const connection = bench.engine.connect(NEVER).finally(() => isConnected = true);
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  assert.deepEqual([isConnected, life.wakes], [false, 0]);
  life.options.onState({ kind: "resting" });
  stopped.resolve();
  await rest;
  assert.deepEqual([await connection, life.wakes], [life.connection, 1]);
  await bench.engine.stop();
});

Deno.test("Engine that runs again after its rest does not stop with its life", async () => {
  const bench = new Bench();
  bench.keepsResting = false;
  bench.engine.startResting();
  const life = await bench.life(1);
  life.options.onState({ kind: "resting" });
  life.options.onState({ kind: "starting", since: RUNNING.since, attempt: 1 });
  life.end("WL_ENGINE_FAILED", "Cannot keep the engine running: killed");
  assert.equal((await bench.life(2)).options.rests, false);
  await bench.engine.stop();
});
