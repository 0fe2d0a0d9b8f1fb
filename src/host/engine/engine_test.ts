import assert from "node:assert/strict";
import { Bench } from "../../../tests/fakes/engine_bench.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { NEVER } from "../../timing/sleep.ts";

Deno.test("Engine.start() believes the record, and says what the agent says", async () => {
  const bench = new Bench();
  bench.engine.start();
  const life = await bench.life(1);
  life.options.onState({
    kind: "running",
    dockerVersion: "28.5",
    since: "2026-01-01T00:00:00.000Z",
    sampleImages: "loaded",
  });
  assert.equal(bench.ensured, 0);
  assert.deepEqual(bench.engine.state, {
    kind: "running",
    dockerVersion: "28.5",
    since: "2026-01-01T00:00:00.000Z",
  });
  await bench.engine.stop();
});

Deno.test("Engine.start() imports first when nothing is recorded", async () => {
  const bench = new Bench();
  bench.recorded = false;
  bench.engine.start();
  await bench.life(1);
  assert.equal(bench.ensured, 1);
  await bench.engine.stop();
});

Deno.test("Engine looks closely after a life that found no distro", async () => {
  const bench = new Bench();
  bench.engine.start();
  (await bench.life(1)).end(
    "WL_DISTRO_NOT_FOUND",
    "Cannot run a program in 'windlass': there is no such distro",
  );
  await bench.life(2);
  assert.equal(bench.ensured, 1);
  await bench.engine.stop();
});

Deno.test("Engine starts the next life when one ends, and disposes the old one first", async () => {
  const bench = new Bench();
  bench.engine.start();
  const first = await bench.life(1);
  first.end("WL_ENGINE_FAILED", "Cannot keep the engine running: the agent ended with status 9");
  await bench.life(2);
  assert.equal(first.disposed, true);
  assert.equal(bench.engine.state.kind, "starting");
  assert.equal(bench.keepers, 1, "the keeper outlasts a life");
  await bench.engine.stop();
  assert.equal(bench.keepers, 0);
});

Deno.test("Engine.connectInside() serves clients of the present life and starts no other", async () => {
  const bench = new Bench();
  bench.engine.start();
  const life = await bench.life(1);
  assert.equal(await bench.engine.connectInside(), life.connection);
  const stopped = bench.engine.stop();
  for (const moment of [Promise.resolve(), stopped]) {
    await moment;
    await assert.rejects(bench.engine.connectInside(), {
      name: "WindlassError",
      code: "WL_ENGINE_FAILED",
      message: "Cannot reach the engine: it is being stopped",
    });
  }
  assert.deepEqual([bench.lives.length, bench.engine.state.kind], [1, "stopped"]);
});

Deno.test("Engine.hasPath() asks the present life, and assumes the best without one", async () => {
  const bench = new Bench();
  const { signal } = new AbortController();
  assert.equal(await bench.engine.hasPath("/nope", signal), true);
  bench.engine.start();
  await bench.life(1);
  assert.equal(await bench.engine.hasPath("/nope", signal), false);
  assert.equal(await bench.engine.hasPath("/etc/hosts", signal), true);
  await bench.engine.stop();
});

Deno.test("Engine.connect() waits for a life that begins later", async () => {
  const gate = Promise.withResolvers<boolean>();
  const bench = new Bench({ areRecorded: () => gate.promise });
  bench.engine.start();
  const connecting = bench.engine.connect(NEVER);
  gate.resolve(true);
  assert.equal(await connecting, (await bench.life(1)).connection);
  await bench.engine.stop();
});

Deno.test("Engine.connect() gives up when the client does", async () => {
  const bench = new Bench({ areRecorded: () => new Promise(() => {}) });
  bench.engine.start();
  const client = new AbortController();
  const connecting = bench.engine.connect(client.signal);
  client.abort(new DOMException("gone", "AbortError"));
  await assert.rejects(connecting, { message: "gone" });
});

Deno.test("Engine.connect() rejects with the reason at once after the second failure", async () => {
  const bench = new Bench({
    areRecorded: () => Promise.resolve(false),
    ensure: () =>
      Promise.reject(
        new WindlassError("WL_NO_SPACE", "Cannot import the distro 'windlass': the disk is full"),
      ),
  });
  bench.engine.start();
  while (bench.engine.state.kind !== "failed") await Promise.resolve();
  await assert.rejects(bench.engine.connect(NEVER), {
    code: "WL_ENGINE_FAILED",
    message: "Cannot import the distro 'windlass': the disk is full",
  });
  assert.deepEqual(bench.waits, [250, 500]);
  await bench.engine.stop();
});

Deno.test("Engine fails at once, without a second try first, where the user has to do something", async () => {
  const message =
    "Cannot use the distro 'windlass': the distro of that name in 'D:\\mine' does not belong to Windlass";
  const bench = new Bench({
    areRecorded: () => Promise.resolve(false),
    ensure: () => Promise.reject(new WindlassError("WL_DISTRO_FOREIGN", message)),
  });
  bench.engine.start();
  while (bench.engine.state.kind !== "failed") await Promise.resolve();
  assert.deepEqual(bench.states.map(({ kind }) => kind), ["starting", "failed"]);
  await assert.rejects(bench.engine.connect(NEVER), { code: "WL_ENGINE_FAILED", message });
  await bench.engine.stop();
});

Deno.test("Engine.stop() shuts the life down, then terminates both distros, and is safe to repeat", async () => {
  const bench = new Bench();
  bench.engine.start();
  const life = await bench.life(1);
  await bench.engine.stop();
  await bench.engine.stop();
  assert.equal(life.shutDowns, 1);
  assert.equal(life.disposed, true);
  assert.deepEqual(bench.terminated.sort(), ["windlass", "windlass-data"]);
  assert.deepEqual(bench.states.map((state) => state.kind), ["starting", "stopping", "stopped"]);
});

Deno.test("Engine.stop() reports which containers it waits for, until it is forced; the next stop waits again", async () => {
  const bench = new Bench();
  for (const number of [1, 2]) {
    bench.engine.start();
    const life = await bench.life(number);
    life.slow = true;
    const stopped = bench.engine.stop();
    while (life.shutDowns === 0) await Promise.resolve();
    const waits = [{ name: "slow", seconds: 50 }, { name: "other", seconds: 20 }];
    life.options.onState({ kind: "stopping", stage: "engine", since: "", waits });
    life.options.onState({ kind: "stopping", stage: "network", since: "" });
    assert.deepEqual(bench.engine.state, {
      kind: "stopping",
      stage: "Waiting for slow (up to 50 s) and 1 more",
    });
    bench.engine.forceStop();
    await stopped;
    assert.equal(bench.engine.state.kind, "stopped");
  }
  // Its containers still write, which the keeper of the data would wait for.
  assert.deepEqual(bench.terminatedWhileKept, ["windlass", "windlass"]);
});

Deno.test("Engine.start() tries again at once when the last tries failed", async () => {
  let full = true;
  const bench = new Bench({
    areRecorded: () => Promise.resolve(false),
    ensure: () =>
      full
        ? Promise.reject(
          new WindlassError("WL_NO_SPACE", "Cannot import the distro 'windlass': the disk is full"),
        )
        : Promise.resolve(),
  });
  bench.engine.start();
  while (bench.engine.state.kind !== "failed") await Promise.resolve();
  full = false;
  bench.engine.start();
  assert.equal(bench.engine.state.kind, "starting");
  await bench.life(1);
  await bench.engine.stop();
});

Deno.test("Engine.connect() starts a stopped engine", async () => {
  const bench = new Bench();
  const connecting = bench.engine.connect(NEVER);
  assert.equal(await connecting, (await bench.life(1)).connection);
  await bench.engine.close();
});

Deno.test("Engine.connect() during a stop waits for the next life, whichever moment it comes", async () => {
  for (const early of [true, false]) {
    const bench = new Bench();
    bench.engine.start();
    const first = await bench.life(1);
    const before = early ? bench.engine.connect(NEVER) : undefined;
    const stopping = bench.engine.stop();
    const connecting = before ?? bench.engine.connect(NEVER);
    await stopping;
    const second = await bench.life(2);
    assert.equal(await connecting, second.connection);
    assert.equal(first.shutDowns, 1);
    await bench.engine.close();
  }
});

Deno.test("Engine.close() refuses who waits and who comes, and starts nothing any more", async () => {
  const bench = new Bench({ areRecorded: () => new Promise(() => {}) });
  const refusal = {
    code: "WL_HOST_NOT_RUNNING",
    message: "Cannot reach the engine: Windlass is being stopped",
  };
  const waiting = assert.rejects(bench.engine.connect(NEVER), refusal);
  void bench.engine.close();
  await waiting;
  await assert.rejects(bench.engine.connect(NEVER), refusal);
  bench.engine.start();
  assert.equal(bench.lives.length, 0);
});

Deno.test("Engine hands the options for dockerd to each life, and has the one that serves look at others", async () => {
  const bench = new Bench();
  const signal = new AbortController().signal;
  assert.equal(await bench.engine.checkDaemonOptions({ x: 1 }, signal), undefined);
  bench.engine.start();
  const life = await bench.life(1);
  await bench.engine.connect(signal);
  assert.deepEqual(life.options.daemonOptions, { debug: true });
  assert.equal(await bench.engine.checkDaemonOptions({ x: 1 }, signal), "no x");
  await bench.engine.stop();
});

Deno.test("Engine.start() ends the engines of other versions before anything starts", async () => {
  const bench = new Bench({ otherEngineNames: ["windlass-b"] });
  bench.engine.start();
  await bench.life(1);
  assert.deepEqual(bench.terminated, ["windlass-b"]);
  await bench.engine.stop();
});
