import assert from "node:assert/strict";
import { join } from "node:path";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import { importTestImage, TEST_IMAGE } from "../../support/test_image.ts";
import { openDockerClient } from "../../support/docker_client.ts";
import { eventually, pause } from "../../support/eventually.ts";
import { oncePerFile } from "../../support/once_per_file.ts";
import { findRole } from "../../support/instance_processes.ts";
import {
  openWindlassInstance,
  type StartedWindlass,
  startWindlass,
  type WindlassInstance,
} from "../../support/windlass_instance.ts";

/** The shortest that is worth it: a stop and a start take about as long. */
const IDLE = "1s";
const IDLE_MILLISECONDS = 1_000;
/** Idle time, a check, and the end of dockerd and two distros. */
const STOP_MILLISECONDS = 120_000;
/** The Docker CLI waits this long for the answer to its first request, a ping. */
const PING_MILLISECONDS = 2_000;
/** One collision takes about three seconds. `WINDLASS_LONG_CASES=1` runs the full number. */
const COLLISIONS = Deno.env.get("WINDLASS_LONG_CASES") === "1" ? 200 : 12;

/** An instance with a short idle time whose engine runs. */
async function startImpatient(): Promise<StartedWindlass> {
  await using owned = new AsyncDisposableStack();
  const prepared = owned.use(await openWindlassInstance());
  await prepared.run(["settings", "set", "engine.idleTimeout", IDLE]);
  const started = owned.use(await startWindlass({ home: prepared.home }));
  const stack = owned.move();
  return { ...started, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** One instance for the tests in their order, each of which leaves nothing that keeps the engine. */
const impatient = oncePerFile(startImpatient);

async function untilEngineIs(instance: WindlassInstance, state: string): Promise<void> {
  await eventually(async () => {
    assert.equal((await instance.status()).engine.state, state);
  }, STOP_MILLISECONDS);
}

/** How often the engine has come up. */
async function countStarts(instance: WindlassInstance): Promise<number> {
  const log = await instance.run(["logs", "--source", "host", "--lines", "2000"]);
  return [...log.matchAll(/ engine\.state kind=running/g)].length;
}

Deno.test("an idle engine stops and a request starts it, but a connection alone does not", async () => {
  const instance = await impatient();
  await using docker = await openDockerClient(instance.dockerHost);
  const { pid } = (await instance.status()).host;
  await untilEngineIs(instance, "stopped");
  {
    using _probe = await Deno.connect({ transport: "unix", path: instance.socketPath });
    await pause(300);
    assert.equal((await instance.status()).engine.state, "stopped");
  }
  const before = await countStarts(instance);
  assert.match(await docker.run(["version"]), /Server:/);
  // Not its state: until a busy machine has answered that, the engine may be idle and stop again. And dockerd answers
  // before the host hears that it runs.
  await eventually(async () => assert.ok(await countStarts(instance) > before));
  assert.equal((await instance.status()).host.pid, pid);
});

Deno.test("a container keeps the engine, and watchers do not", async () => {
  await using instance = await startWindlass();
  await using docker = await openDockerClient(instance.dockerHost);
  await importTestImage(docker);
  await docker.run(["run", "--detach", "--name", "web", TEST_IMAGE, "sleep", "1000"]);
  const watcher = docker.start(["events", "--since", "1h"]);
  await watcher.waitFor(/ start .*name=web/);
  // Only now: an engine that has stopped between two commands is one that its watchers have come back to.
  await instance.run(["settings", "set", "engine.idleTimeout", IDLE]);
  try {
    await eventually(async () => {
      const { keptBy, stopsAt } = (await instance.status()).engine;
      assert.deepEqual([keptBy.map(({ what }) => what), stopsAt], [["container web"], null]);
    });
    assert.match(await instance.run(["status"]), /In use by +container web/);
    await pause(3 * IDLE_MILLISECONDS);
    assert.equal((await instance.status()).engine.state, "running");
    await docker.run(["rm", "--force", "web"]);
    await untilEngineIs(instance, "stopped");
  } finally {
    await watcher[Symbol.asyncDispose]();
  }
});

Deno.test("docker compose brings an application up on an engine that was down", async () => {
  const instance = await impatient();
  await using docker = await openDockerClient(instance.dockerHost);
  await importTestImage(docker);
  await using folder = await openTemporaryFolder("windlass-compose");
  const service = { image: TEST_IMAGE, command: ["sleep", "1000"], stop_grace_period: "0s" };
  await Deno.writeTextFile(
    join(folder.path, "compose.json"),
    JSON.stringify({ name: "asleep", services: { service } }),
  );
  const compose = (...args: string[]) =>
    docker.run(["compose", "--file", "compose.json", ...args], { cwd: folder.path });
  await untilEngineIs(instance, "stopped");
  await compose("up", "--detach", "--wait");
  assert.match(await docker.run(["ps", "--format", "{{.Names}}"]), /^asleep-service-1$/);
  await compose("down");
  await untilEngineIs(instance, "stopped");
});

Deno.test("the Docker CLI answers right though the start takes longer than it waits for a ping", async () => {
  const instance = await impatient();
  await using docker = await openDockerClient(instance.dockerHost);
  await importTestImage(docker);
  await docker.run(["create", "--name", "made", TEST_IMAGE, "true"]);
  const list = ["ps", "--all", "--format", "{{.Names}} {{.State}}"];
  await untilEngineIs(instance, "stopped");

  // It outlives the engine by a minute, and nothing starts without it.
  const { pid } = await findRole(instance, "wslService");
  Deno.kill(pid, "SIGSTOP");
  let answer: Promise<string>;
  try {
    answer = docker.run(list);
    answer.catch(() => {}); // where the test fails before it is awaited
    await untilEngineIs(instance, "starting");
    await pause(2 * PING_MILLISECONDS);
    assert.equal((await instance.status()).engine.state, "starting");
  } finally {
    Deno.kill(pid, "SIGCONT");
  }
  assert.equal(await answer, "made created");
});

Deno.test("no request is lost where a stop and a start collide", async () => {
  const instance = await impatient();
  using http = Deno.createHttpClient({ proxy: { transport: "unix", path: instance.socketPath } });
  const create = async (name: string) => {
    const response = await fetch("http://docker/volumes/create", {
      method: "POST",
      body: JSON.stringify({ Name: name }),
      headers: { "Content-Type": "application/json" },
      client: http,
    });
    assert.equal(response.status, 201, await response.text());
  };
  await create("collision-0");
  let starts = 0;
  let round = 0;
  // On a machine that is slow enough, an engine may stay for several rounds.
  while (round < COLLISIONS || starts === 0 && round < 10 * COLLISIONS) {
    round++;
    // The connection is kept alive; the request meets the engine shortly before, in and shortly after its stop.
    await pause(IDLE_MILLISECONDS - 100 + (round % 8) * 75);
    if ((await instance.status()).engine.state !== "running") starts++;
    await create(`collision-${round}`);
  }
  assert.ok(starts > 0, "no request met a stop");
  const { Volumes } = await (await fetch("http://docker/volumes", { client: http })).json();
  assert.equal(
    Volumes.filter(({ Name }: { Name: string }) => Name.startsWith("collision-")).length,
    round + 1,
  );
});
