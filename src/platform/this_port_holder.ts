import { OPERATING_SYSTEM } from "./operating_system.ts";
import type { MachinePort, PortHolder } from "./port_holder.ts";

/** Finds out who holds a port that could not be listened on; `undefined` if that cannot be known. Never rejects. */
export async function findPortHolder(port: MachinePort): Promise<PortHolder | undefined> {
  try {
    switch (OPERATING_SYSTEM) {
      case "linux":
        return await (await import("./linux/port_holder.ts")).findPortHolderOnLinux(port);
      case "windows":
        return await (await import("./windows/port_holder.ts")).findPortHolderOnWindows(port);
    }
  } catch {
    return undefined; // it is only for a better message
  }
}
