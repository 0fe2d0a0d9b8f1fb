import assert from "node:assert/strict";
import { FAKE_NOW, settle, superviseFake } from "../../../tests/fakes/supervised_engine.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { NEVER } from "../../timing/sleep.ts";
import { failureOf } from "./engine_failure.ts";

const NOW = FAKE_NOW;

Deno.test("EngineSupervisor goes from preparation through a start to running, and out again", async () => {
  const { states, supervisor, stop, machine } = superviseFake();
  await supervisor.whenRunning(NEVER);
  await stop();
  assert.deepEqual(states, [
    { kind: "preparing", stage: "data" },
    { kind: "starting", since: NOW, attempt: 1 },
    { kind: "running", since: NOW, dockerVersion: "28.5.2", sampleImages: "loaded" },
    { kind: "stopping", stage: "engine", since: NOW },
    { kind: "stopping", stage: "leftovers", since: NOW },
    { kind: "stopping", stage: "network", since: NOW },
  ]);
  assert.deepEqual(machine.started[0]?.signals, ["SIGTERM"]);
});

Deno.test("EngineSupervisor starts dockerd again after it died, and says so in between", async () => {
  const { states, supervisor, stop, machine } = superviseFake();
  await supervisor.whenRunning(NEVER);
  machine.started[0]?.end("signal SIGKILL");
  await settle();
  await supervisor.whenRunning(NEVER);
  assert.deepEqual(machine.events, ["start", "leftovers", "sleep 100", "start"]);
  assert.deepEqual(states[3], {
    kind: "failed",
    code: "WL_ENGINE_FAILED",
    message: "Cannot keep Docker running: dockerd ended with signal SIGKILL",
    retryAt: "2026-01-02T03:04:05.778Z",
  });
  assert.deepEqual(states[5], { kind: "starting", since: NOW, attempt: 2 });
  await stop();
});

Deno.test("EngineSupervisor reports for each start whether dockerd answered", async () => {
  const { supervisor, machine, states, stop } = superviseFake((machine) => {
    machine.problem = "nonsense";
    machine.answer = new Promise(() => {});
    machine.onStart = (dockerd) => {
      if (machine.started.length === 1) dockerd.end("status 1: broken");
      else machine.answer = Promise.resolve();
    };
  });
  await supervisor.whenRunning(NEVER);
  machine.started[1]?.end("signal SIGKILL");
  await settle();
  await supervisor.whenRunning(NEVER);
  await stop();
  assert.deepEqual(machine.outcomes, ["failed: status 1: broken", "answered", "answered"]);
  const running = states.find((state) => state.kind === "running");
  assert.equal(running?.kind === "running" && running.optionsProblem, "nonsense");
});

Deno.test("EngineSupervisor reports no failure while options of the user may be its reason", async () => {
  const { supervisor, machine, states, stop } = superviseFake((machine) => {
    machine.answer = new Promise(() => {});
    machine.onStart = (dockerd) => {
      machine.suspected = machine.started.length === 1;
      if (machine.suspected) dockerd.end("status 1: no such driver");
      else machine.answer = Promise.resolve();
    };
  });
  await supervisor.whenRunning(NEVER);
  assert.deepEqual(states.map(({ kind }) => kind), [
    "preparing",
    "starting",
    "preparing",
    "starting",
    "running",
  ]);
  assert.deepEqual(machine.events, ["start", "leftovers", "start"]);
  await stop();
});

Deno.test("EngineSupervisor waits longer after each failure in a row", async () => {
  const { machine, stop } = superviseFake((machine) => {
    machine.answer = new Promise(() => {});
    machine.onStart = (dockerd) => machine.started.length < 5 && dockerd.end("status 1: broken");
  });
  while (machine.started.length < 5) await settle();
  await stop();
  const waits = machine.events.filter((event) => event.startsWith("sleep"));
  assert.deepEqual(waits.slice(0, 4), ["sleep 100", "sleep 200", "sleep 400", "sleep 800"]);
});

Deno.test("EngineSupervisor starts no dockerd on data that is too new for it, and says so", async () => {
  const message = "Cannot start dockerd 27.1.0: the data was last written by 29.0.1";
  const { machine, states, stop } = superviseFake((machine) => {
    machine.prepareFailures = [1, 2, 3].map(() => new WindlassError("WL_DATA_TOO_NEW", message));
    machine.longSleepMilliseconds = 400; // the third wait lasts
  });
  await settle();
  assert.deepEqual(machine.started, []);
  assert.deepEqual(machine.events, ["sleep 100", "sleep 200"]);
  const failed = states.filter((state) => state.kind === "failed");
  assert.deepEqual(
    failed.map(({ code, message }) => [code, message]),
    Array(3).fill(["WL_DATA_TOO_NEW", message]),
  );
  await stop();
});

Deno.test("EngineSupervisor.whenRunning() waits through a first failure", async () => {
  const { machine, supervisor, stop } = superviseFake((machine) => {
    machine.onStart = (dockerd) => machine.started.length === 1 && dockerd.end("status 1: broken");
    machine.answer = settle();
  });
  await supervisor.whenRunning(NEVER);
  assert.equal(machine.started.length, 2);
  await stop();
});

Deno.test("EngineSupervisor.whenRunning() says why when dockerd fails repeatedly", async () => {
  const { machine, supervisor, stop } = superviseFake((machine) => {
    machine.answer = new Promise(() => {});
    machine.longSleepMilliseconds = 200; // the second wait lasts
    machine.onStart = (dockerd) => dockerd.end("status 1: no space left on device");
  });
  while (machine.started.length < 2) await settle();
  await assert.rejects(
    supervisor.whenRunning(NEVER),
    new WindlassError(
      "WL_ENGINE_FAILED",
      "Cannot keep Docker running: dockerd ended with status 1: no space left on device",
    ),
  );
  await stop();
});

Deno.test("EngineSupervisor.whenRunning() rejects when the agent leaves", async () => {
  const { supervisor, stop } = superviseFake((machine) => machine.answer = new Promise(() => {}));
  const waiting = assert.rejects(
    supervisor.whenRunning(NEVER),
    new WindlassError("WL_ENGINE_FAILED", "Cannot reach Docker: the engine is stopping"),
  );
  await stop();
  await waiting;
});

Deno.test("EngineSupervisor.whenRunning() rejects with the signal's reason", async () => {
  const { supervisor, stop } = superviseFake((machine) => machine.answer = new Promise(() => {}));
  const gone = new AbortController();
  const waiting = assert.rejects(supervisor.whenRunning(gone.signal), /the client left/);
  gone.abort(new WindlassError("WL_AGENT_GONE", "the client left"));
  await waiting;
  await stop();
});

Deno.test("EngineSupervisor.restart() stops dockerd, resolves, and starts the next", async () => {
  const { machine, supervisor, stop } = superviseFake();
  await supervisor.whenRunning(NEVER);
  await Promise.all([supervisor.restart(), supervisor.restart()]);
  assert.deepEqual(machine.started[0]?.signals, ["SIGTERM"]);
  await settle();
  await supervisor.whenRunning(NEVER);
  assert.equal(machine.started.length, 2);
  await stop();
  await assert.rejects(
    supervisor.restart(),
    new WindlassError("WL_ENGINE_FAILED", "Cannot restart Docker: the agent is shutting down"),
  );
});

Deno.test("EngineSupervisor gives dockerd as long as its containers have asked for, and says for whom it waits", async () => {
  const waits = [{ name: "slow", seconds: 40 }];
  const { machine, supervisor, stop, states } = superviseFake((machine) => {
    machine.onStart = (dockerd) => dockerd.obeys = false;
    machine.waits = waits;
  });
  await supervisor.whenRunning(NEVER);
  await stop();
  assert.deepEqual(machine.started[0]?.signals, ["SIGTERM", "SIGKILL"]);
  assert.ok(machine.events.includes("sleep 55000"));
  assert.ok(states.some((state) => state.kind === "stopping" && state.waits === waits));
});

Deno.test("EngineSupervisor kills a dockerd that does not stop in time", async () => {
  const { machine, supervisor, stop } = superviseFake((machine) => {
    machine.onStart = (dockerd) => dockerd.obeys = false;
  });
  await supervisor.whenRunning(NEVER);
  await stop();
  assert.deepEqual(machine.started[0]?.signals, ["SIGTERM", "SIGKILL"]);
  assert.ok(machine.events.includes("sleep 30000"));
});

Deno.test("EngineSupervisor kills a dockerd that has lost what it needs, and starts another", async () => {
  const { machine, states, supervisor, stop } = superviseFake();
  await supervisor.whenRunning(NEVER);
  const message = "Cannot keep Docker running: its containerd has died";
  machine.break(new WindlassError("WL_ENGINE_FAILED", message));
  await settle();
  await supervisor.whenRunning(NEVER);
  assert.deepEqual(machine.started[0]?.signals, ["SIGKILL"]);
  assert.equal(states.find((state) => state.kind === "failed")?.message, message);
  assert.equal(machine.started.length, 2);
  await stop();
});

Deno.test("EngineSupervisor loads the sample images after it runs, once", async () => {
  const { machine, states, supervisor, stop } = superviseFake((machine) => machine.samplesLoaded = false);
  await supervisor.whenRunning(NEVER);
  await settle();
  const told = states.flatMap((state) => state.kind === "running" ? [state.sampleImages] : []);
  assert.deepEqual(told, ["loading", "loaded"]);
  assert.deepEqual(machine.events, ["start", "samples"]);
  await stop();
});

Deno.test("EngineSupervisor runs on when a sample image cannot be loaded", async () => {
  const { states, supervisor, stop } = superviseFake((machine) => {
    machine.samplesLoaded = false;
    machine.sampleFailure = new WindlassError(
      "WL_ENGINE_FAILED",
      "Cannot load the sample image x: it is broken",
    );
  });
  await supervisor.whenRunning(NEVER);
  await settle();
  const last = states.at(-1);
  assert.equal(last?.kind === "running" && last.sampleImages, "failed");
  await stop();
});

Deno.test("EngineSupervisor tries a failed preparation again", async () => {
  const missing = new WindlassError("WL_ENGINE_DATA_MISSING", "Cannot start Docker: no data");
  const { states, supervisor, stop } = superviseFake((machine) => machine.prepareFailures = [missing]);
  await supervisor.whenRunning(NEVER);
  assert.equal(states.find((state) => state.kind === "failed")?.code, "WL_ENGINE_DATA_MISSING");
  await stop();
});

Deno.test("failureOf() attributes any other error to the preparation", () => {
  assert.deepEqual(failureOf(new TypeError("no such file")), {
    code: "WL_ENGINE_PREPARATION_FAILED",
    message: "Cannot prepare the engine: no such file",
  });
});
