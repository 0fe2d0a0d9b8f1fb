import type { LockFiles, LockHolderProcess } from "./lock_holder.ts";
import { OPERATING_SYSTEM } from "./operating_system.ts";

/**
 * Opens the process that holds a lock. On Linux the kernel says which that is. Windows does not: there it is the
 * process of `pidFile`, if that was started before the file was written.
 *
 * @returns Nothing if nobody provably holds it.
 */
export async function openLockHolder(files: LockFiles): Promise<LockHolderProcess | undefined> {
  switch (OPERATING_SYSTEM) {
    case "linux":
      return await (await import("./linux/lock_holder.ts")).openLockHolderOnLinux(files);
    case "windows":
      return await (await import("./windows/lock_holder.ts")).openLockHolderOnWindows(files);
  }
}
