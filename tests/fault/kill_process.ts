import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { exists } from "../support/test_rootfs.ts";

/** Kills a process with SIGKILL and resolves when it has ended. */
export async function killProcess(pid: number): Promise<void> {
  Deno.kill(pid, "SIGKILL");
  await eventually(async () => assert.ok(!await exists(`/proc/${pid}`) || await isZombie(pid)));
}

/** Whether only its exit status is left of a process. */
async function isZombie(pid: number): Promise<boolean> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "State:\tZ");
  return /^State:\s+[ZX]/m.test(status);
}
