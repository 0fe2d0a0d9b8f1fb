/** Clients that only look and come back after each stop do not have the engine stopped and started for ever. */
import assert from "node:assert/strict";
import { openDockerClient } from "../../support/docker_client.ts";
import { eventually, pause } from "../../support/eventually.ts";
import { openWindlassInstance, startWindlass } from "../../support/windlass_instance.ts";

const IDLE = "1s";
/** Several times the idle time and what a stop and a start take; where they take longer, less is noticed. */
const WATCHED_MILLISECONDS = 15_000;

Deno.test("watchers that come back start an idle engine once, and a query on demand is answered", async () => {
  await using prepared = await openWindlassInstance();
  await prepared.run(["settings", "set", "engine.idleTimeout", IDLE]);
  await using instance = await startWindlass({ home: prepared.home });
  await using docker = await openDockerClient(instance.dockerHost);
  const starts = async () =>
    (await instance.run(["logs", "-n", "2000", "--source", "host"])).split("\n")
      .filter((line) => /engine\.state .*stage="Starting the engine"/.test(line)).length;
  const until = (state: string) =>
    eventually(async () => assert.equal((await instance.status()).engine.state, state), 120_000);
  const untilStopped = () => until("stopped");

  await untilStopped();
  const before = await starts();
  const loops = [
    docker.startOnTerminal(loop("docker events", 0.5)),
    docker.startOnTerminal(loop("docker ps", 1)),
  ];
  try {
    await until("running");
    await pause(WATCHED_MILLISECONDS);
    assert.equal(await starts() - before, 1);
    assert.equal((await instance.status()).engine.state, "running");
  } finally {
    for (const each of loops) await each[Symbol.asyncDispose]();
  }
  await untilStopped();
  assert.equal(await docker.run(["ps", "--quiet"]), "");
  assert.equal(await starts() - before, 2);
  await untilStopped();
});

function loop(command: string, seconds: number): string {
  return `while :; do ${command} >/dev/null 2>&1; sleep ${seconds}; done`;
}
