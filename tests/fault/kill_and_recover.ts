import assert from "node:assert/strict";
import type { DockerClient } from "../support/docker_client.ts";
import { eventually } from "../support/eventually.ts";
import { countProcesses, findRole, type Role, ROLES } from "../support/instance_processes.ts";
import type { StartedWindlass, WindlassInstance } from "../support/windlass_instance.ts";
import { checkData, type KeptData } from "./engine_load.ts";
import { killProcess } from "./kill_process.ts";

/** Milliseconds within which everything works again after a fault. */
const RECOVERY_MILLISECONDS = 10_000;
/** Restarts that a recovery may last as long as, on a machine on which even these take long. */
const RESTARTS = 2;
/** Milliseconds that are waited all the same, so that a failure shows how long it took. */
export const PATIENCE_MILLISECONDS = 120_000;

/** A running instance, and what it has to be like after a fault. */
export interface Situation {
  readonly instance: StartedWindlass;
  readonly docker: DockerClient;
  readonly data: KeptData;
  /** Processes by name, with no container running. */
  readonly atRest: Record<string, number>;
  /** What {@linkcode recoveryLimit} measured. */
  readonly limit: number;
}

/**
 * How long a recovery may take on this machine, in milliseconds: what is promised, or more where a restart, which does as
 * much, shows that the machine is slow or busy.
 *
 * @param works Resolves when what a recovery is measured by works.
 */
export async function recoveryLimit(
  instance: WindlassInstance,
  works: () => Promise<unknown>,
): Promise<number> {
  const begun = performance.now();
  await instance.run(["restart"]);
  await eventually(works, PATIENCE_MILLISECONDS);
  return Math.max(RECOVERY_MILLISECONDS, RESTARTS * Math.round(performance.now() - begun));
}

/** Kills a process of the instance and checks that all is well again in time. @throws {Error} when not. */
export async function killAndRecover(situation: Situation, role: Role): Promise<void> {
  const { instance, docker, data, atRest, limit } = situation;
  const victim = await eventually(() => findRole(instance, role));
  const killed = performance.now();
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
  const took = Math.round(performance.now() - killed);
  assert.ok(took <= limit, `containers ran again only after ${took} ms, ${limit} are allowed`);

  await eventually(async () => assert.equal((await instance.status()).engine.state, "running"));
  for (const each of ROLES) await eventually(() => findRole(instance, each));
  await eventually(async () => assert.deepEqual(await countProcesses(instance.home), atRest));
}
