import assert from "node:assert/strict";
import { UPDATE_STATUS } from "../../tests/fakes/fake_updates.ts";
import { eventsBetween, hostEvents } from "./host_events.ts";
import type { EngineStatus } from "./resources/engine.ts";
import type { Warning } from "./resources/problems.ts";
import type { Status } from "./resources/status.ts";

const WARNING: Warning = {
  code: "WL_SOCKET_BUSY",
  message: "Cannot continue: x",
  remedy: "Do y.",
  title: "X fails",
  severity: "warning",
  dependsOn: "z",
};

function status(engine: Partial<EngineStatus> = {}, warnings: Warning[] = []): Status {
  return {
    version: "1.2.3",
    host: { pid: 42 },
    engine: {
      state: "stopped",
      dockerHost: "unix:///d.sock",
      listening: [],
      keptBy: [],
      stopsAt: null,
      dockerVersion: null,
      since: null,
      ...engine,
    },
    distro: { name: "windlass", rootfs: null },
    warnings,
  };
}

const importing = (done: number): Partial<EngineStatus> => ({
  state: "importing",
  stage: "Importing",
  progress: { done, total: 10 },
});

Deno.test("eventsBetween() begins with the status and the active warnings", () => {
  const now = status({}, [WARNING]);
  assert.deepEqual(eventsBetween(undefined, now), [
    { type: "status", status: now },
    { type: "warning", active: true, warning: WARNING },
  ]);
});

Deno.test("eventsBetween() reports progress alone without the status", () => {
  assert.deepEqual(eventsBetween(status(importing(1)), status(importing(2))), [
    { type: "progress", stage: "Importing", done: 2, total: 10 },
  ]);
});

Deno.test("eventsBetween() reports the progress of an update alone, and its steps with the status", () => {
  const downloading = (done: number): Status => ({
    ...status(),
    update: { ...UPDATE_STATUS, step: "downloading", progress: { done, total: 10 } },
  });
  assert.deepEqual(eventsBetween(downloading(1), downloading(2)), [
    { type: "update-progress", step: "downloading", done: 2, total: 10 },
  ]);
  const ready: Status = { ...status(), update: { ...UPDATE_STATUS, step: "ready" } };
  assert.deepEqual(eventsBetween(downloading(2), ready), [{ type: "status", status: ready }]);
});

Deno.test("eventsBetween() reports a change of state by the status alone, which has the progress too", () => {
  const now = status(importing(1));
  assert.deepEqual(eventsBetween(status(), now), [{ type: "status", status: now }]);
});

Deno.test("eventsBetween() reports warnings that are raised, changed and cleared", () => {
  const changed = { ...WARNING, message: "Cannot continue: z" };
  const warnings = (before: Warning[], after: Warning[]) =>
    eventsBetween(status({}, before), status({}, after)).filter((event) => event.type === "warning");
  assert.deepEqual(warnings([], [WARNING]), [{ type: "warning", active: true, warning: WARNING }]);
  assert.deepEqual(warnings([WARNING], [WARNING]), []);
  assert.deepEqual(warnings([WARNING], [changed]), [{ type: "warning", active: true, warning: changed }]);
  assert.deepEqual(warnings([WARNING], []), [{ type: "warning", active: false, warning: WARNING }]);
});

Deno.test("hostEvents() sends nothing when nothing has changed", async () => {
  async function* statuses() {
    yield status();
    yield status();
    yield status({ state: "starting" });
  }
  const events = await Array.fromAsync(hostEvents(statuses()));
  assert.deepEqual(events.map((event) => event.type === "status" && event.status.engine.state), [
    "stopped",
    "starting",
  ]);
});

Deno.test("eventsBetween() reports a change of the workspaces by itself as well", () => {
  const stopped: Status = { ...status(), workspaces: [{ name: "Ubuntu", state: "stopped" }] };
  const running: Status = { ...status(), workspaces: [{ name: "Ubuntu", state: "running" }] };
  assert.deepEqual(eventsBetween(stopped, running), [
    { type: "status", status: running },
    { type: "workspaces", workspaces: [{ name: "Ubuntu", state: "running" }] },
  ]);
  assert.deepEqual(eventsBetween(running, { ...running }), []);
});
