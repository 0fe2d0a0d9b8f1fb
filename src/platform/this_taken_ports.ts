import { OPERATING_SYSTEM } from "./operating_system.ts";
import type { PortRange } from "./port_range.ts";

/**
 * The port numbers of a range that a program of this machine uses, or that the system reserves. Never rejects: a
 * table that cannot be read counts as empty.
 */
export async function takenPorts(protocol: "tcp" | "udp", range: PortRange): Promise<ReadonlySet<number>> {
  try {
    switch (OPERATING_SYSTEM) {
      case "linux":
        return await (await import("./linux/taken_ports.ts")).takenPortsOnLinux(protocol, range);
      case "windows":
        return await (await import("./windows/taken_ports.ts")).takenPortsOnWindows(protocol, range);
    }
  } catch {
    return new Set();
  }
}
