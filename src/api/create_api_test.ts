import assert from "node:assert/strict";
import type { LogLine, LogSource } from "../logging/log.ts";
import { type ApiDependencies, createApi } from "./create_api.ts";
import { Status } from "./schemas.ts";

const STATUS: Status = {
  version: "1.2.3",
  host: { pid: 42 },
  engine: {
    state: "running",
    dockerHost: "unix:///d.sock",
    keptBy: [],
    stopsAt: null,
    listening: ["unix:///d.sock"],
    dockerVersion: "28.5",
    since: "2026-01-01T00:00:00.000Z",
  },
  distro: { name: "windlass", rootfs: "abc" },
  warnings: [],
};

const line = (source: LogSource, event: string): LogLine => ({
  time: "2026-01-01T00:00:00.000Z",
  level: "info",
  source,
  event,
});

function fakeDependencies(changes: Partial<ApiDependencies> = {}): ApiDependencies {
  const kept = [line("host", "one"), line("dockerd", "two")];
  return {
    status: () => STATUS,
    async *statusChanges() {
      yield STATUS;
    },
    logTail: (count, source) =>
      kept.filter((found) => source === undefined || found.source === source).slice(-count),
    async *logFollow() {
      yield line("host", "three");
      yield line("dockerd", "four");
    },
    startEngine() {},
    restartEngine() {},
    stop() {},
    ...changes,
  };
}

async function events(response: Response): Promise<string[]> {
  return (await response.text()).trimEnd().split("\n").map((text) => JSON.parse(text).event);
}

Deno.test("GET /v1/status answers what the schema says", async () => {
  const response = await createApi(fakeDependencies()).request("/v1/status");
  assert.deepEqual(Status.parse(await response.json()), STATUS);
});

Deno.test("GET /v1/events is one JSON object a line", async () => {
  const response = await createApi(fakeDependencies()).request("/v1/events");
  assert.equal(response.headers.get("content-type"), "application/x-ndjson");
  assert.deepEqual(JSON.parse(await response.text()), STATUS);
});

Deno.test("GET /v1/logs gives the tail, of one source if asked, and goes on if asked", async () => {
  const api = createApi(fakeDependencies());
  assert.deepEqual(await events(await api.request("/v1/logs")), ["one", "two"]);
  assert.deepEqual(await events(await api.request("/v1/logs?source=dockerd")), ["two"]);
  assert.deepEqual(await events(await api.request("/v1/logs?source=dockerd&follow=1")), ["two", "four"]);
  assert.deepEqual(await events(await api.request("/v1/logs?lines=1")), ["two"]);
});

Deno.test("GET /v1/logs refuses unknown sources and numbers", async () => {
  const api = createApi(fakeDependencies());
  const source = await api.request("/v1/logs?source=kernel");
  assert.deepEqual([source.status, await source.json()], [400, {
    message: "Cannot read logs: there is no source 'kernel'",
  }]);
  const lines = await api.request("/v1/logs?lines=-1");
  assert.deepEqual([lines.status, await lines.json()], [400, {
    message: "Cannot read logs: '-1' is no number of lines",
  }]);
});

Deno.test("POST /v1/stop, /v1/engine/start and /v1/engine/restart answer before the work is done", async () => {
  const calls: string[] = [];
  const api = createApi(
    fakeDependencies({
      stop: () => calls.push("stop"),
      startEngine: () => calls.push("start"),
      restartEngine: () => calls.push("restart"),
    }),
  );
  assert.equal((await api.request("/v1/engine/restart", { method: "POST" })).status, 202);
  assert.equal((await api.request("/v1/stop", { method: "POST" })).status, 202);
  assert.equal((await api.request("/v1/engine/start", { method: "POST" })).status, 202);
  assert.deepEqual(calls, ["restart", "stop", "start"]);
});

Deno.test("GET /v1/events lets go of a reader that goes away", async () => {
  const ended = Promise.withResolvers<string>();
  const api = createApi(fakeDependencies({
    async *statusChanges(signal) {
      try {
        while (!signal.aborted) yield STATUS;
      } finally {
        ended.resolve("ended");
      }
    },
  }));
  const reader = (await api.request("/v1/events")).body!.getReader();
  await reader.read();
  await reader.cancel();
  assert.equal(await ended.promise, "ended");
});
