import assert from "node:assert/strict";
import type { EngineUse } from "../agent/rpc_messages.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { NO_LOG } from "../logging/log.ts";
import type { Duplex } from "../streams/duplex.ts";
import { Engine, type EngineDistros, type EngineOptions } from "./engine.ts";
import type { EngineLife, EngineLifeOptions } from "./engine_life.ts";
import type { EngineState } from "./engine_state.ts";

const NEVER = new AbortController().signal;

/** A life that a test ends by hand. */
class FakeLife implements EngineLife {
  readonly #ended = Promise.withResolvers<WindlassError>();
  readonly ended = this.#ended.promise;
  readonly connection = {} as Duplex;
  disposed = false;
  shutDowns = 0;

  constructor(readonly options: EngineLifeOptions) {}

  connect(): Duplex {
    return this.connection;
  }

  use(): Promise<EngineUse> {
    return Promise.resolve({ containers: [], containerCount: 0, swarm: false, localClients: 0 });
  }

  checkDaemonOptions(options: Readonly<Record<string, unknown>>): Promise<string | undefined> {
    return Promise.resolve(`no ${Object.keys(options).join()}`);
  }

  shutDown(): Promise<void> {
    this.shutDowns++;
    return Promise.resolve();
  }

  end(code: "WL_ENGINE_FAILED" | "WL_DISTRO_NOT_FOUND", message: string): void {
    this.#ended.resolve(new WindlassError(code, message));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }
}

/** An engine with fake lives, and what happened to it. */
class Bench {
  readonly lives: FakeLife[] = [];
  readonly states: EngineState[] = [];
  readonly terminated: string[] = [];
  readonly waits: number[] = [];
  keepers = 0;
  ensured = 0;
  recorded = true;
  readonly engine: Engine;
  #grown = Promise.withResolvers<void>();

  constructor(changes: Partial<EngineDistros> = {}) {
    const distros: EngineDistros = {
      engineName: "windlass",
      dataName: "windlass-data",
      otherEngineNames: [],
      areRecorded: () => Promise.resolve(this.recorded),
      ensure: () => Promise.resolve(void this.ensured++),
      ...changes,
    };
    const options: EngineOptions = {
      wsl: {
        spawn: () => assert.fail("the fake life needs no wsl"),
        terminate: (name) => Promise.resolve(void this.terminated.push(name)),
      },
      distros,
      log: NO_LOG,
      onLine: () => {},
      onState: (state) => void this.states.push(state),
      daemonOptions: () => ({ debug: true }),
      openKeeper: () => {
        this.keepers++;
        return {
          lost: new Promise(() => {}),
          [Symbol.asyncDispose]: () => Promise.resolve(void this.keepers--),
        };
      },
      openLife: (lifeOptions) => {
        const life = new FakeLife(lifeOptions);
        this.lives.push(life);
        this.#grown.resolve();
        this.#grown = Promise.withResolvers();
        return life;
      },
      wait: (milliseconds, signal) => {
        this.waits.push(milliseconds);
        if (this.waits.length < 2 || signal.aborted) return Promise.resolve();
        return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      },
    };
    this.engine = new Engine(options);
  }

  async life(number: number): Promise<FakeLife> {
    while (this.lives.length < number) await this.#grown.promise;
    return this.lives[number - 1]!;
  }
}

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

Deno.test("Engine.connect() tells why at once after the second failure", async () => {
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
