import assert from "node:assert/strict";
import type { DockerClient } from "../support/docker_client.ts";
import { eventually } from "../support/eventually.ts";
import { countProcesses, findRole, type Role, ROLES } from "../support/instance_processes.ts";
import type { StartedWindlass } from "../support/windlass_instance.ts";
import { checkData, type KeptData } from "./engine_load.ts";
import { killProcess } from "./kill_process.ts";

/** Far above what a recovery takes on a busy machine; how long it takes is measured by `deno task bench recovery`. */
export const PATIENCE_MILLISECONDS = 120_000;

/** A running instance, and what it has to be like after a fault. */
export interface Situation {
  readonly instance: StartedWindlass;
  readonly docker: DockerClient;
  readonly data: KeptData;
  /** Processes by name, with no container running. */
  readonly atRest: Record<string, number>;
}

/** Kills a process of the instance and checks that all is well again. @throws {Error} when not. */
export async function killAndRecover(situation: Situation, role: Role): Promise<void> {
  const { instance, docker, data, atRest } = situation;
  const victim = await eventually(() => findRole(instance, role));
  await killProcess(victim.pid);
  // Nobody watches over the host: the user's next command starts it.
  if (role === "host") await instance.run(["start"]);

  await eventually(
    () => docker.run(["version"], { deadlineMilliseconds: PATIENCE_MILLISECONDS }),
    PATIENCE_MILLISECONDS,
  );
  await docker.attempt(["rm", "--force", "writer"]);
  // dockerd answers while it starts containerd again: only a container that runs shows that all is well.
  await eventually(() => checkData(docker, data), PATIENCE_MILLISECONDS);
  await eventually(async () => assert.equal((await instance.status()).engine.state, "running"));
  for (const each of ROLES) await eventually(() => findRole(instance, each));
  await eventually(async () => assert.deepEqual(await countProcesses(instance.home), atRest));
}
