import type { Log } from "../../logging/log.ts";
import { type CgroupPlan, planCgroups } from "./cgroup_plan.ts";
import { exists } from "./path_exists.ts";

/** A process may fork while the others are moved; each round catches the children of the one before. */
const MOVE_ROUNDS = 10;

/**
 * Makes the control groups usable for dockerd; safe to repeat. What cannot be done is logged and not fatal:
 * dockerd says itself which limits it must do without.
 *
 * @returns The plan, with the parent group for dockerd.
 */
export async function prepareCgroups(log: Log): Promise<CgroupPlan> {
  const [membership, mounts] = await Promise.all([
    Deno.readTextFile("/proc/self/cgroup"),
    Deno.readTextFile("/proc/self/mountinfo"),
  ]);
  // The root of the kernel's tree is the one group that has no type.
  const plan = planCgroups({
    membership,
    mounts,
    isKernelRoot: (folder) => !exists(`${folder}/cgroup.type`),
  });
  for (const { folder, options } of plan.mounts) await mountHierarchy(folder, options, log);
  if (plan.move !== undefined) moveProcesses(plan.move.from, plan.move.to, log);
  if (plan.delegate !== undefined) delegateControllers(plan.delegate, log);
  return plan;
}

async function mountHierarchy(folder: string, options: string, log: Log): Promise<void> {
  try {
    Deno.mkdirSync(folder, { recursive: true });
    const command = new Deno.Command("mount", {
      args: ["-t", "cgroup", "-o", options, "cgroup", folder],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    });
    const { success, stderr } = await command.output();
    if (!success) {
      log("warn", "agent.cgroups.mount_failed", { folder, reason: new TextDecoder().decode(stderr).trim() });
    }
  } catch (error) {
    log("warn", "agent.cgroups.mount_failed", { folder, reason: String(error) });
  }
}

function moveProcesses(from: string, to: string, log: Log): void {
  try {
    Deno.mkdirSync(to, { recursive: true });
    for (let round = 0; round < MOVE_ROUNDS; round++) {
      // A process of another namespace shows as 0 and cannot be moved from here.
      const present = Deno.readTextFileSync(`${from}/cgroup.procs`).split("\n").filter((id) =>
        Number(id) > 0
      );
      if (present.length === 0) return;
      for (const processId of present) moveProcess(processId, to);
    }
    log("warn", "agent.cgroups.not_empty", { folder: from });
  } catch (error) {
    log("warn", "agent.cgroups.move_failed", { folder: from, reason: String(error) });
  }
}

function moveProcess(processId: string, folder: string): void {
  try {
    Deno.writeTextFileSync(`${folder}/cgroup.procs`, processId);
  } catch {
    // It has ended meanwhile; if not, the next round tries again.
  }
}

function delegateControllers(folder: string, log: Log): void {
  let controllers: string[];
  try {
    controllers = Deno.readTextFileSync(`${folder}/cgroup.controllers`).trim().split(" ");
  } catch (error) {
    log("warn", "agent.cgroups.delegate_failed", { folder, reason: String(error) });
    return;
  }
  // One by one: a controller that cannot be passed on must not keep the others back.
  for (const controller of controllers.filter((name) => name !== "")) {
    try {
      Deno.writeTextFileSync(`${folder}/cgroup.subtree_control`, `+${controller}`);
    } catch (error) {
      log("warn", "agent.cgroups.delegate_failed", { folder, controller, reason: String(error) });
    }
  }
}
