import { OPERATING_SYSTEM } from "./operating_system.ts";
import type { Stranger } from "./own_folder.ts";

/**
 * Finds the part of a path that another user owns, or could change or replace. On Windows none: its home lies in a
 * folder that only the user, administrators and the system can write to, and the host warns about any other
 * (`WL_HOME_OPEN`).
 */
export async function findStranger(path: string): Promise<Stranger | undefined> {
  switch (OPERATING_SYSTEM) {
    case "linux":
      return await (await import("./linux/own_folder.ts")).findStrangerOnLinux(path);
    case "windows":
      return undefined;
  }
}
