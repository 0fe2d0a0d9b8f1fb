import assert from "node:assert/strict";
import { isWindlassError, WindlassError } from "../../errors/windlass_error.ts";
import { NEVER } from "../../timing/sleep.ts";
import { containersToKeep, type DockerRequests } from "../change/docker_containers.ts";
import { checkHealth } from "./health_check.ts";
import type { ContainerBefore } from "../records/journal.ts";

const SWITCHED = "2026-01-02T03:04:05.000Z";
const AFTER = "2026-01-02T03:05:00.000Z";
const BEFORE = "2026-01-02T03:00:00.000Z";

/** A container as dockerd has it. */
interface FakeContainer {
  readonly name: string;
  readonly state: string;
  readonly startedAt?: string;
  readonly autoRemove?: boolean;
  readonly policy?: string;
}

/** A dockerd with these containers; each call asks for them again. */
function docker(containers: () => readonly FakeContainer[], fail: () => Error | undefined = () => undefined) {
  const find = (path: string): unknown => {
    const [, , id] = path.split("/");
    const found = containers().find(({ name }) => name === id);
    if (found === undefined) return undefined;
    const { state, startedAt = BEFORE, autoRemove = false, policy = "no" } = found;
    return {
      State: {
        Running: state === "running" || state === "paused",
        Paused: state === "paused",
        Restarting: state === "restarting",
        StartedAt: startedAt,
      },
      HostConfig: { AutoRemove: autoRemove, RestartPolicy: { Name: policy } },
    };
  };
  const requests: DockerRequests = {
    get: (path) => {
      const error = fail();
      if (error !== undefined) return Promise.reject(error);
      if (path === "/version") return Promise.resolve({ Version: "28.5.2" });
      return Promise.resolve(
        containers().map(({ name, state }) => ({ Id: name, Names: [`/${name}`], State: state })),
      );
    },
    find: (path) => Promise.resolve(find(path)),
  };
  return requests;
}

async function health(
  before: readonly ContainerBefore[] | null,
  requests: DockerRequests,
  { askApi = () => Promise.resolve(), looks = 0, signal = NEVER } = {},
): Promise<string> {
  const end = new AbortController();
  let waits = 0;
  const wait = () => {
    // As if the time for it were over.
    if (++waits > looks) end.abort(new Error("over"));
    return Promise.resolve();
  };
  try {
    const any = AbortSignal.any([signal, end.signal]);
    await checkHealth(before, SWITCHED, { askApi, docker: requests, wait }, any);
    return "healthy";
  } catch (error) {
    return isWindlassError(error) ? `${error.code}: ${error.message}` : String(error);
  }
}

const WEB: ContainerBefore = { id: "web", name: "web", restarts: true };
const OLD: ContainerBefore = { id: "old", name: "old", restarts: false };

Deno.test("checkHealth() accepts containers that exist, and have restarted where they should", async () => {
  const requests = docker(() => [
    { name: "web", state: "running", startedAt: AFTER },
    { name: "old", state: "exited" },
  ]);
  assert.equal(await health([WEB, OLD], requests), "healthy");
});

Deno.test("checkHealth() waits for containers, and takes one that ended at once for started", async () => {
  let looks = 0;
  const requests = docker(() =>
    ++looks < 6 ? [{ name: "web", state: "exited" }] : [{ name: "web", state: "exited", startedAt: AFTER }]
  );
  assert.equal(await health([WEB], requests, { looks: 20 }), "healthy");
});

Deno.test("checkHealth() needs no containers where none are known", async () => {
  assert.equal(await health(null, docker(() => [])), "healthy");
});

Deno.test("checkHealth() names the containers that are gone", async () => {
  const before = ["a", "b", "c", "d", "e"].map((id) => ({ id, name: id, restarts: false }));
  assert.equal(
    await health(before, docker(() => [])),
    "WL_UPDATE_UNHEALTHY: Cannot keep the new version: the containers a, b, c and 2 more are missing",
  );
  assert.equal(
    await health([WEB], docker(() => [])),
    "WL_UPDATE_UNHEALTHY: Cannot keep the new version: the container web is missing",
  );
});

Deno.test("checkHealth() gives up after three answers of an engine that has failed", async () => {
  let answers = 0;
  const requests = docker(() => [], () => {
    answers++;
    return new WindlassError("WL_ENGINE_FAILED", "Cannot ask dockerd for /version: it crashed");
  });
  assert.equal(
    await health([WEB], requests, { looks: 10 }),
    "WL_UPDATE_UNHEALTHY: Cannot keep the new version: Cannot ask dockerd for /version: it crashed",
  );
  assert.equal(answers, 3);
});

Deno.test("checkHealth() does not take one failure for many: somebody may restart the engine meanwhile", async () => {
  let answers = 0;
  const web = [{ name: "web", state: "running", startedAt: AFTER }];
  const requests = docker(
    () => web,
    () => ++answers === 2 ? new Error("the connection was closed") : undefined,
  );
  const { get, find } = requests;
  let looks = 0;
  const broken: DockerRequests = {
    get,
    find: (...asked) =>
      ++looks === 1 ? Promise.reject(new Error("the connection was closed")) : find(...asked),
  };
  assert.equal(await health([WEB], broken, { looks: 10 }), "healthy");
  assert.deepEqual([answers, looks], [3, 2]);
});

Deno.test("checkHealth() fails when the API does not answer", async () => {
  const askApi = () =>
    Promise.reject(new WindlassError("WL_HOST_NOT_RUNNING", "Cannot reach the host: nobody listens"));
  assert.equal(
    await health(null, docker(() => []), { askApi }),
    "WL_UPDATE_UNHEALTHY: Cannot keep the new version: its API does not answer: Cannot reach the host: nobody listens",
  );
});

Deno.test("checkHealth() ends with its signal, even while something never answers", async () => {
  const end = new AbortController();
  const checking = health(null, docker(() => []), {
    askApi: () => new Promise<void>(() => {}),
    signal: end.signal,
  });
  end.abort(new Error("the host is to end"));
  assert.equal(await checking, "Error: the host is to end");
});

Deno.test("containersToKeep() leaves out what dockerd removes, and knows what it starts again", async () => {
  const requests = docker(() => [
    { name: "old", state: "exited", policy: "always" },
    { name: "web", state: "running", policy: "unless-stopped" },
    { name: "job", state: "running", policy: "on-failure" },
    { name: "gone", state: "running", autoRemove: true },
  ]);
  assert.deepEqual(await containersToKeep(requests, NEVER), [
    { id: "web", name: "web", restarts: true },
    { id: "job", name: "job", restarts: false },
    { id: "old", name: "old", restarts: false },
  ]);
});
