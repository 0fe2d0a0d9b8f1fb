// lock: flood
/**
 * A part of Windlass is killed while the engine starts for a request, and while it stops because nobody uses it: the
 * next request (after `windlass start`, if it was the host) is answered.
 */
import assert from "node:assert/strict";
import { openDockerClient } from "../support/docker_client.ts";
import { eventually } from "../support/eventually.ts";
import { findRole, hasRole, type Role } from "../support/instance_processes.ts";
import { processesOfInstance } from "../support/process_tree.ts";
import { formatRequest, RawConnection } from "../support/raw_http.ts";
import { startWindlass, type WindlassInstance } from "../support/windlass_instance.ts";
import { Followers } from "./followers.ts";
import { PATIENCE_MILLISECONDS } from "./kill_and_recover.ts";
import { killProcess } from "./kill_process.ts";
import { withLogs } from "./with_logs.ts";

const VICTIMS: readonly Role[] = ["dockerd", "agent", "host"];
/** As short as it gets: what is tried here are the stops. */
const IDLE = "1s";
/** A container that never runs: a client that waits for its end keeps the engine running. */
const WAITED = "waited";

Deno.test("a request recovers from what is killed while the engine starts or stops", async (test) => {
  await using instance = await startWindlass();
  await using docker = await openDockerClient(instance.dockerHost);
  await docker.run(["volume", "create", "kept"]);
  await eventually(() => docker.run(["create", "--name", WAITED, "windlass/sample"]));
  const volumes = ["volume", "ls", "--quiet"];
  await instance.run(["settings", "set", "engine.idleTimeout", IDLE]);

  const step = (name: string, action: () => Promise<void>) =>
    test.step(name, () => withLogs(instance, action));
  const recovers = async (role: Role) => {
    if (role === "host") await instance.run(["start"]);
    await eventually(
      async () => assert.equal(await docker.run(volumes), "kept"),
      PATIENCE_MILLISECONDS,
    );
  };

  for (const role of VICTIMS) {
    await step(`${role} killed in an idle stop`, async () => {
      await using followers = await Followers.open(instance);
      // Again where the stop was over before the kill.
      await eventually(async () => {
        let pid: number;
        let since: number;
        {
          using _use = await useEngine(docker.socketPath);
          ({ pid } = await findRole(instance, role));
          since = followers.events.length;
        }
        await followers.untilState(["stopping", "stopped"], since, PATIENCE_MILLISECONDS);
        assert.equal(followers.statesSince(0).at(-1), "stopping");
        await killProcess(pid);
      }, PATIENCE_MILLISECONDS);
      await recovers(role);
    });

    await step(`${role} killed in a start for a request`, async () => {
      await using followers = await Followers.open(instance);
      // Again where the start was over before the kill.
      await eventually(async () => {
        await untilEngineIs(followers, "stopped");
        const { host } = await instance.status();
        const since = followers.events.length;
        await using request = docker.start(["volume", "ls"]);
        await followers.untilState(["starting", "running"], since, PATIENCE_MILLISECONDS);
        const pid = await findStarting(instance, role, host.pid);
        assert.equal(followers.statesSince(0).at(-1), "starting");
        await killProcess(pid);
        await request.ended(PATIENCE_MILLISECONDS); // with an answer or an error, but not never
      }, PATIENCE_MILLISECONDS);
      await recovers(role);
    });
  }

  await step("and the engine still stops when nobody uses it", async () => {
    await using followers = await Followers.open(instance);
    await untilEngineIs(followers, "stopped");
  });
});

/** A request that has been answered and does not end: the engine runs, and does not stop before its disposal. */
async function useEngine(socketPath: string): Promise<Disposable> {
  const connection = await RawConnection.open(socketPath);
  try {
    await connection.write(formatRequest("POST", `/containers/${WAITED}/wait?condition=next-exit`));
    await connection.readUntil("\r\n\r\n");
    return connection;
  } catch (error) {
    connection[Symbol.dispose]();
    throw error;
  }
}

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
