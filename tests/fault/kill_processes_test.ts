// lock: flood
/**
 * Every process of a running instance is killed, when nothing happens and while a container writes and an image is
 * saved. The rest has to recover by itself: soon, with nothing lost and nothing left over.
 */
import assert from "node:assert/strict";
import { openDockerClient } from "../support/docker_client.ts";
import { eventually } from "../support/eventually.ts";
import { type Role, ROLES } from "../support/instance_processes.ts";
import { startWindlass } from "../support/windlass_instance.ts";
import { killAndRecover } from "./kill_and_recover.ts";
import { openLoad, prepareData } from "./engine_load.ts";
import { countProcesses } from "../support/instance_processes.ts";

const CHOSEN = new RegExp(Deno.env.get("WINDLASS_FAULTS") ?? "");

Deno.test("Windlass recovers from kill -9 of any of its processes", async (test) => {
  await using instance = await startWindlass();
  await using docker = await openDockerClient(instance.dockerHost);
  const data = await prepareData(docker);
  await eventually(() => docker.run(["ps"]));
  const atRest = await countProcesses(instance.home);
  const situation = { instance, docker, data, atRest };
  for (const load of [false, true]) {
    for (const role of ROLES.filter((role: Role) => CHOSEN.test(role))) {
      await test.step(`${role} killed ${load ? "under load" : "at rest"}`, async () => {
        try {
          await using _load = load ? await openLoad(docker) : undefined;
          await killAndRecover(situation, role);
        } catch (error) {
          (error as Error).message += `\n${await instance.logs()}`;
          throw error;
        } finally {
          // The next fault begins with an engine that works, whatever became of this one.
          await instance.attempt(["start"]);
        }
        assert.equal(await docker.run(["ps", "--all", "--quiet"]), "");
      });
    }
  }
});
