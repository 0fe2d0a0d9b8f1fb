import assert from "node:assert/strict";
import type { EngineUse } from "../../agent/protocol/rpc_messages.ts";
import type { ActiveRequest } from "../../relay/relay.ts";
import { IdleWatch } from "./idle_watch.ts";

const MINUTE = 60_000;
const IDLE_MINUTES = 10;
const START = Date.parse("2026-01-01T00:00:00.000Z");
const NOTHING: EngineUse = { containers: [], containerCount: 0, swarm: false, localClients: 0 };
const WEB: EngineUse = { ...NOTHING, containers: [{ name: "web", state: "running" }], containerCount: 1 };

function request(kind: ActiveRequest["kind"], method = "POST"): ActiveRequest {
  return { kind, method, path: "/", since: START };
}

/** A watch whose clock and surroundings a test changes by hand. Its own loop waits: nothing runs at first. */
class Trial implements AsyncDisposable {
  now = START;
  running = false;
  idleMilliseconds: number | null = IDLE_MINUTES * MINUTE;
  requests: ActiveRequest[] = [];
  use: EngineUse | Error = NOTHING;
  /** Called while the agent is asked. */
  meanwhile = () => {};
  stops = 0;
  changes = 0;
  readonly watch = new IdleWatch({
    idleMilliseconds: () => this.idleMilliseconds,
    isRunning: () => this.running,
    requests: () => this.requests,
    askUse: () => {
      this.meanwhile();
      return this.use instanceof Error ? Promise.reject(this.use) : Promise.resolve(this.use);
    },
    stop: () => {
      this.stops++;
      this.running = false;
      return Promise.resolve();
    },
    onChange: () => void this.changes++,
    now: () => this.now,
  });

  async lookAfter(minutes: number): Promise<number> {
    this.now += minutes * MINUTE;
    return await this.watch.check();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.watch[Symbol.asyncDispose]();
  }
}

Deno.test("IdleWatch stops the engine once nothing has kept it for the idle time", async () => {
  await using trial = new Trial();
  trial.running = true;
  assert.equal(await trial.lookAfter(0), 30_000);
  assert.deepEqual(trial.watch.stopsAt, new Date(START + IDLE_MINUTES * MINUTE));
  assert.equal(await trial.lookAfter(IDLE_MINUTES - 0.25), 15_000);
  assert.equal(trial.stops, 0);
  assert.equal(await trial.lookAfter(0.25), Infinity);
  assert.equal(trial.stops, 1);
  assert.equal(trial.watch.stopsAt, null);
});

Deno.test("IdleWatch lets containers and work keep the engine, and says which", async () => {
  await using trial = new Trial();
  trial.running = true;
  trial.use = WEB;
  trial.requests = [request("build")];
  await trial.lookAfter(0);
  assert.deepEqual(trial.watch.keptBy, [
    { what: "build", since: "2026-01-01T00:00:00.000Z" },
    { what: "container web", since: null },
  ]);
  assert.equal(trial.watch.stopsAt, null);
  await trial.lookAfter(60);
  assert.equal(trial.stops, 0);
  assert.equal(trial.changes, 1, "nothing new was announced");
  trial.use = NOTHING;
  trial.requests = [request("events", "GET"), request("other", "GET")];
  await trial.lookAfter(0);
  assert.deepEqual(trial.watch.keptBy, []);
  await trial.lookAfter(IDLE_MINUTES);
  assert.equal(trial.stops, 1);
});

Deno.test("IdleWatch starts over when work has ended, not when a client has watched", async () => {
  await using trial = new Trial();
  trial.running = true;
  await trial.lookAfter(0);
  trial.now += (IDLE_MINUTES - 1) * MINUTE;
  trial.watch.requestEnded(request("other", "GET"));
  assert.deepEqual(trial.watch.stopsAt, new Date(START + IDLE_MINUTES * MINUTE));
  trial.watch.requestEnded(request("other", "POST"));
  await trial.lookAfter(0);
  assert.deepEqual(trial.watch.stopsAt, new Date(START + (2 * IDLE_MINUTES - 1) * MINUTE));
});

Deno.test("IdleWatch does not stop under work that came while the agent was asked", async () => {
  for (
    const arrive of [
      (trial: Trial) => trial.requests.push(request("other")),
      (trial: Trial) => trial.watch.requestEnded(request("other")),
    ]
  ) {
    await using trial = new Trial();
    trial.running = true;
    await trial.lookAfter(0);
    trial.meanwhile = () => arrive(trial);
    await trial.lookAfter(IDLE_MINUTES);
    assert.equal(trial.stops, 0);
  }
});

Deno.test("IdleWatch keeps an engine that does not say what it is in use for, and one that is set to stay", async () => {
  await using trial = new Trial();
  trial.running = true;
  trial.use = new Error("Docker does not answer");
  await trial.lookAfter(IDLE_MINUTES);
  await trial.lookAfter(IDLE_MINUTES);
  assert.deepEqual(trial.watch.keptBy.map(({ what }) => what), ["Docker did not report what is using it"]);
  trial.use = NOTHING;
  trial.idleMilliseconds = null;
  await trial.lookAfter(0);
  await trial.lookAfter(IDLE_MINUTES);
  assert.equal(trial.stops, 0);
  assert.equal(trial.watch.stopsAt, null);
});

Deno.test("IdleWatch reports nothing of an engine that is not running", async () => {
  await using trial = new Trial();
  trial.use = WEB;
  assert.equal(await trial.lookAfter(IDLE_MINUTES), Infinity);
  assert.deepEqual(trial.watch.keptBy, []);
  assert.equal(trial.stops, 0);
});

Deno.test("stopIfUnused() stops an engine that nothing has used for so long, whatever the idle time is", async () => {
  await using trial = new Trial();
  trial.idleMilliseconds = null;
  trial.running = true;
  await trial.lookAfter(0);
  trial.now += MINUTE - 1;
  assert.equal(await trial.watch.stopIfUnused(MINUTE), false);
  assert.equal(trial.watch.unusedFor, MINUTE - 1);
  trial.now += 1;
  assert.equal(await trial.watch.stopIfUnused(MINUTE), true);
  assert.deepEqual([trial.stops, trial.running], [1, false]);
});

Deno.test("stopIfUnused() leaves an engine alone that is in use, or comes to be while it looks", async () => {
  await using trial = new Trial();
  trial.running = true;
  await trial.lookAfter(0);
  trial.use = WEB;
  assert.equal(await trial.watch.stopIfUnused(0), false);
  trial.use = NOTHING;
  trial.requests = [request("build")];
  assert.equal(await trial.watch.stopIfUnused(0), false);
  trial.requests = [];
  trial.meanwhile = () => trial.requests = [request("exec")];
  assert.equal(await trial.watch.stopIfUnused(0), false);
  trial.requests = [];
  trial.meanwhile = () => trial.watch.requestEnded(request("other"));
  assert.equal(await trial.watch.stopIfUnused(0), false);
  trial.running = false;
  assert.equal(await trial.watch.stopIfUnused(0), false);
  assert.equal(trial.stops, 0);
});

/** A minute of a clock with a client that polls every 20 s and starts an engine that does not run. */
async function poll(trial: Trial, minutes: number): Promise<number> {
  let starts = 0;
  for (let third = 0; third < minutes * 3; third++) {
    if (!trial.running) starts++;
    trial.running = true;
    await trial.lookAfter(0);
    trial.watch.requestEnded(request("other", "GET"));
    await trial.lookAfter(1 / 3);
  }
  return starts;
}

Deno.test("IdleWatch starts an engine for clients that only look once in a period, each twice as long", async () => {
  await using trial = new Trial();
  trial.idleMilliseconds = MINUTE / 2;
  trial.running = true;
  assert.equal(await poll(trial, 5), 1);
  const starts: number[] = [];
  for (let hour = 0; hour < 12; hour++) starts.push(await poll(trial, 60));
  assert.deepEqual(starts.slice(0, 2), [3, 1]);
  assert.ok(starts.reduce((sum, count) => sum + count) <= 7, starts.join(" "));
});

Deno.test("IdleWatch stops an engine as usual that was started to look at once", async () => {
  await using trial = new Trial();
  trial.running = true;
  await trial.lookAfter(0);
  await trial.lookAfter(IDLE_MINUTES);
  trial.running = true;
  await trial.lookAfter(1);
  trial.watch.requestEnded(request("other", "GET"));
  assert.deepEqual(trial.watch.stopsAt, new Date(trial.now + IDLE_MINUTES * MINUTE));
  await trial.lookAfter(IDLE_MINUTES);
  assert.equal(trial.stops, 2);
});

Deno.test("IdleWatch does not take an update's moment away because somebody looks", async () => {
  await using trial = new Trial();
  trial.running = true;
  await trial.lookAfter(0);
  await trial.lookAfter(IDLE_MINUTES);
  trial.running = true;
  await trial.lookAfter(1);
  await trial.lookAfter(2);
  trial.watch.requestEnded(request("other", "GET"));
  assert.equal(await trial.watch.stopIfUnused(MINUTE), true);
});

Deno.test("IdleWatch asks the agent no more often than a tenth of the time while containers run", async () => {
  await using trial = new Trial();
  trial.running = true;
  trial.use = WEB;
  let asked = 0;
  trial.meanwhile = () => {
    asked++;
    trial.now += 100; // as long as the agent takes to list a thousand containers
  };
  for (let check = 0; check < 50; check++) {
    await trial.lookAfter(0);
    trial.now += 200; // requests end all the time
  }
  assert.equal(asked, 10);
  trial.requests = [request("build")];
  await trial.lookAfter(0);
  assert.deepEqual(trial.watch.keptBy.map(({ what }) => what), ["build", "container web"]);
});

Deno.test("IdleWatch checks again once an answer that it has believed is old", async () => {
  await using trial = new Trial();
  trial.running = true;
  trial.use = WEB;
  trial.meanwhile = () => void (trial.now += 100);
  assert.equal(await trial.lookAfter(0), 30_000);
  trial.use = NOTHING;
  assert.equal(await trial.lookAfter(0), 900);
  trial.now += 900;
  await trial.lookAfter(0);
  assert.deepEqual(trial.watch.keptBy, []);
  assert.equal(await trial.watch.stopIfUnused(0), true);
});

Deno.test("IdleWatch counts the idle time from the last request of a workspace, which came and went between two checks", async () => {
  await using trial = new Trial();
  trial.running = true;
  await trial.lookAfter(0);
  trial.use = { ...NOTHING, workspaceWatchers: 0, workspaceQuiet: 2 * MINUTE };
  await trial.lookAfter(IDLE_MINUTES - 1);
  assert.deepEqual(trial.watch.stopsAt, new Date(trial.now + (IDLE_MINUTES - 2) * MINUTE));
  trial.use = { ...NOTHING, workspaceWatchers: 1, workspaceQuiet: (IDLE_MINUTES - 1) * MINUTE };
  await trial.lookAfter(IDLE_MINUTES - 3);
  assert.equal(trial.stops, 0);
  trial.use = { ...NOTHING, workspaceWatchers: 1, workspaceQuiet: IDLE_MINUTES * MINUTE };
  await trial.lookAfter(1);
  assert.equal(trial.stops, 1, "watching alone does not keep it");
});

Deno.test("IdleWatch keeps an engine for a while that only a client in a workspace watches, and that it starts again and again", async () => {
  await using trial = new Trial();
  trial.running = true;
  trial.use = { ...NOTHING, workspaceWatchers: 1 };
  await trial.lookAfter(0);
  await trial.lookAfter(IDLE_MINUTES);
  assert.equal(trial.stops, 1);
  trial.running = true; // the watcher has come back
  await trial.lookAfter(0);
  await trial.lookAfter(IDLE_MINUTES);
  assert.equal(trial.stops, 1);
  trial.use = NOTHING;
  await trial.lookAfter(IDLE_MINUTES);
  assert.equal(trial.stops, 2);
});
