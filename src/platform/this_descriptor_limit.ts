import { descriptorLimitOnLinux } from "./linux/descriptor_limit.ts";
import { OPERATING_SYSTEM } from "./operating_system.ts";

/** How many descriptors this process may have open at a time; `undefined` on Windows, which has no such limit. */
export function descriptorLimit(): number | undefined {
  return OPERATING_SYSTEM === "linux" ? descriptorLimitOnLinux() : undefined;
}
