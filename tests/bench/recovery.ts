import { checkData, prepareData } from "../fault/engine_load.ts";
import { killProcess } from "../fault/kill_process.ts";
import { openDockerClient } from "../support/docker_client.ts";
import { eventually } from "../support/eventually.ts";
import { findRole, type Role, ROLES } from "../support/instance_processes.ts";
import { startWindlass } from "../support/windlass_instance.ts";
import type { Measurement } from "./measurement.ts";
import { alternate, roundCount } from "./rounds.ts";

/** Milliseconds within which containers run again, whatever was killed. */
const RECOVERY_LIMIT = 10_000;

/** From the kill of a process to the end of a container that runs after it, next to a restart on request. */
export async function measureRecovery(quick: boolean): Promise<Measurement[]> {
  await using instance = await startWindlass();
  await using docker = await openDockerClient(instance.dockerHost);
  const data = await prepareData(docker);
  const untilRunning = async (begin: () => Promise<unknown>) => {
    const begun = performance.now();
    await begin();
    await eventually(() => checkData(docker, data));
    return performance.now() - begun;
  };
  const killed = (role: Role) => async () => {
    const { pid } = await eventually(() => findRole(instance, role));
    return await untilRunning(async () => {
      await killProcess(pid);
      // Nobody watches over the host: the user's next command starts it.
      if (role === "host") await instance.run(["start"]);
    });
  };
  const kills = Object.fromEntries(ROLES.map((role) => [role, killed(role)])) as Record<
    Role,
    () => Promise<number>
  >;
  const { restart, ...times } = await alternate(roundCount(quick), {
    restart: () => untilRunning(() => instance.run(["restart"])),
    ...kills,
  });
  return ROLES.map((role): Measurement => ({
    name: `container runs after kill -9: ${role}`,
    unit: "ms",
    rounds: times[role],
    baseline: { name: "restart", rounds: restart },
    target: { kind: "atMost", amount: RECOVERY_LIMIT },
  }));
}
