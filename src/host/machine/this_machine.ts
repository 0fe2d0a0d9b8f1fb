import { OPERATING_SYSTEM } from "../../platform/operating_system.ts";
import type { Machine } from "./machine.ts";

/** The machine that this process runs on; the code of the others is not even loaded. */
export async function thisMachine(): Promise<Machine> {
  switch (OPERATING_SYSTEM) {
    case "linux":
      return (await import("./linux_machine.ts")).LINUX;
    case "windows":
      return (await import("./windows_machine.ts")).WINDOWS;
  }
}
