import { OPERATING_SYSTEM } from "./operating_system.ts";
import type { ProgramListener } from "./program_listeners.ts";

/**
 * The other processes of the machine that listen on a TCP port and whose program is wanted. Those that this user may not see
 * are left out: on Linux root sees all of them.
 */
export async function findListeners(
  port: number,
  isWanted: (executable: string) => boolean,
): Promise<readonly ProgramListener[]> {
  switch (OPERATING_SYSTEM) {
    case "linux":
      return await (await import("./linux/program_listeners.ts")).findListenersOnLinux(port, isWanted);
    case "windows":
      return await (await import("./windows/program_listeners.ts")).findListenersOnWindows(port, isWanted);
  }
}
