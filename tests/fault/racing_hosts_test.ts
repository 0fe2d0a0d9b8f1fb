import assert from "node:assert/strict";
import { openDockerClient } from "../support/docker_client.ts";
import { eventually } from "../support/eventually.ts";
import { findRole, ROLES } from "../support/instance_processes.ts";
import { openWindlassInstance } from "../support/windlass_instance.ts";

/** Commands that start a host at the same time. */
const RACERS = 5;

Deno.test("windlass start run five times at once gives one host and one engine", async () => {
  await using instance = await openWindlassInstance();
  // The first round imports as well, the second finds the distros there.
  for (const _round of [1, 2]) {
    const results = await Promise.all(Array.from({ length: RACERS }, () => instance.attempt(["start"])));
    assert.deepEqual(results.map(({ code, stderr }) => code === 0 ? "" : stderr), Array(RACERS).fill(""));
    // Of a command that lost the race, a process may be about to end.
    for (const role of ROLES) await eventually(() => findRole(instance, role));
    await using docker = await openDockerClient((await instance.status()).engine.dockerHost);
    await docker.run(["version"]);
    await instance.run(["stop"]);
    assert.equal((await instance.status()).host.pid, null);
  }
});

Deno.test("two instances run side by side and know nothing of each other", async () => {
  await using one = await openWindlassInstance();
  await using other = await openWindlassInstance();
  await Promise.all([one.run(["start"]), other.run(["start"])]);
  await using first = await openDockerClient((await one.status()).engine.dockerHost);
  await using second = await openDockerClient((await other.status()).engine.dockerHost);
  await first.run(["volume", "create", "mine"]);
  assert.equal(await first.run(["volume", "ls", "--quiet"]), "mine");
  assert.equal(await second.run(["volume", "ls", "--quiet"]), "");
  await one.run(["stop"]);
  await second.run(["version"]);
});
