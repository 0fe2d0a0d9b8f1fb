// lock: flood
/**
 * A part of Windlass is killed while the engine starts for a request, and while it stops because nobody uses it: the
 * next request (after `windlass start`, if it was the host) is answered soon.
 */
import assert from "node:assert/strict";
import { openDockerClient } from "../support/docker_client.ts";
import { eventually } from "../support/eventually.ts";
import { findRole, hasRole, type Role } from "../support/instance_processes.ts";
import { processesOfInstance } from "../support/process_tree.ts";
import { startWindlass, type WindlassInstance } from "../support/windlass_instance.ts";
import { Followers } from "./followers.ts";
import { PATIENCE_MILLISECONDS, RECOVERY_MILLISECONDS } from "./kill_and_recover.ts";
import { killProcess } from "./kill_process.ts";

const VICTIMS: readonly Role[] = ["dockerd", "agent", "host"];
/** As short as it gets: what is tried here are the stops. */
const IDLE = "1s";

Deno.test("a request recovers from what is killed while the engine starts or stops", async (test) => {
  await using instance = await startWindlass();
  await using docker = await openDockerClient(instance.dockerHost);
  await docker.run(["volume", "create", "kept"]);
  await instance.run(["settings", "set", "engine.idleTimeout", IDLE]);

  const recovers = async (killed: number, role: Role) => {
    if (role === "host") await instance.run(["start"]);
    const volumes = ["volume", "ls", "--quiet"];
    await eventually(
      async () => assert.equal(await docker.run(volumes), "kept"),
      PATIENCE_MILLISECONDS,
    );
    const took = Math.round(performance.now() - killed);
    assert.ok(took <= RECOVERY_MILLISECONDS, `a request was answered only after ${took} ms`);
  };

  for (const role of VICTIMS) {
    await test.step(`${role} killed in an idle stop`, async () => {
      await using followers = await Followers.open(instance);
      // Again where the engine was stopped before its processes were listed, or before the kill.
      const killed = await eventually(async () => {
        await docker.run(["version"]);
        const { pid } = await findRole(instance, role);
        await untilEngineIs(followers, "stopping");
        const now = performance.now();
        await killProcess(pid);
        return now;
      }, PATIENCE_MILLISECONDS);
      await recovers(killed, role);
    });

    await test.step(`${role} killed in a start for a request`, async () => {
      await using followers = await Followers.open(instance);
      // Again where the start was over before the kill.
      const killed = await eventually(async () => {
        await untilEngineIs(followers, "stopped");
        const { host } = await instance.status();
        await using request = docker.start(["volume", "ls"]);
        await untilEngineIs(followers, "starting");
        const pid = await findStarting(instance, role, host.pid);
        assert.equal(followers.statesSince(0).at(-1), "starting");
        const now = performance.now();
        await killProcess(pid);
        await request.ended(); // with an answer or an error, but not never
        return now;
      }, PATIENCE_MILLISECONDS);
      await recovers(killed, role);
    });
  }

  await test.step("and the engine still stops when nobody uses it", async () => {
    await using followers = await Followers.open(instance);
    await untilEngineIs(followers, "stopped");
  });
});

/** Waits until the last reported state of the engine is this one. */
async function untilEngineIs(followers: Followers, state: string): Promise<void> {
  await eventually(() => assert.equal(followers.statesSince(0).at(-1), state), PATIENCE_MILLISECONDS);
}

/** The process of a role as soon as it exists. */
async function findStarting(instance: WindlassInstance, role: Role, host: number | null): Promise<number> {
  return await eventually(async () => {
    const found = (await processesOfInstance(instance.home)).find((process) => hasRole(process, role, host));
    assert.ok(found !== undefined, `there is no ${role}`);
    return found.pid;
  });
}
