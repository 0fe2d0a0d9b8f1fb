// lock: flood
/**
 * Every process of a running instance is killed, when nothing happens and while a container writes and an image is
 * saved. The rest has to recover by itself, with nothing lost and nothing left over.
 */
import assert from "node:assert/strict";
import { openDockerClient } from "../support/docker_client.ts";
import { eventually, pause } from "../support/eventually.ts";
import { type Role, ROLES } from "../support/instance_processes.ts";
import { startWindlass } from "../support/windlass_instance.ts";
import { killAndRecover } from "./kill_and_recover.ts";
import { withLogs } from "./with_logs.ts";
import { openLoad, prepareData } from "./engine_load.ts";
import { countProcesses } from "../support/instance_processes.ts";

const CHOSEN = new RegExp(Deno.env.get("WINDLASS_FAULTS") ?? "");

Deno.test("Windlass recovers from kill -9 of any of its processes", async (test) => {
  await using instance = await startWindlass();
  await using docker = await openDockerClient(instance.dockerHost);
  const data = await prepareData(docker);
  const atRest = await processesAtRest(instance.home);
  const situation = { instance, docker, data, atRest };
  for (const load of [false, true]) {
    for (const role of ROLES.filter((role: Role) => CHOSEN.test(role))) {
      await test.step(`${role} killed ${load ? "under load" : "at rest"}`, async () => {
        try {
          await withLogs(instance, async () => {
            await using _load = load ? await openLoad(docker) : undefined;
            await killAndRecover(situation, role);
          });
        } finally {
          // The next fault begins with an engine that works, whatever became of this one.
          await instance.attempt(["start"]);
        }
        await eventually(async () => assert.equal(await docker.run(["ps", "--all", "--quiet"]), ""));
      });
    }
  }
});

/** Checks that agree before the processes are taken to be those of an instance at rest, and milliseconds between. */
const CHECKS = 4;
const CHECK_MILLISECONDS = 300;

/** The processes by name once those of the last containers and commands have ended. */
function processesAtRest(home: string): Promise<Record<string, number>> {
  return eventually(async () => {
    const counts = await countProcesses(home);
    for (const name of ["containerd-shim", "runc"]) assert.ok(!(name in counts), `there is a ${name}`);
    for (let check = 1; check < CHECKS; check++) {
      await pause(CHECK_MILLISECONDS);
      assert.deepEqual(await countProcesses(home), counts);
    }
    return counts;
  });
}
