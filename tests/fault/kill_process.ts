import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { exists } from "../support/test_rootfs.ts";

/** Kills a process with SIGKILL and resolves when it has ended. */
export async function killProcess(pid: number): Promise<void> {
  Deno.kill(pid, "SIGKILL");
  await eventually(async () => {
    assert.ok(!await exists(`/proc/${pid}`) || await isZombie(pid), `process ${pid} still runs`);
  });
}

/** Whether only its exit status is left of a process. Its sockets stay open until its last thread has ended. */
async function isZombie(pid: number): Promise<boolean> {
  try {
    const threads = await Array.fromAsync(Deno.readDir(`/proc/${pid}/task`));
    return threads.length <= 1 && /^State:\s+[ZX]/m.test(await Deno.readTextFile(`/proc/${pid}/status`));
  } catch {
    return true; // gone meanwhile
  }
}
