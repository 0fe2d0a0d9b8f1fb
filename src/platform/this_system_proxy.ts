import type { Target } from "../proxy/way.ts";
import { OPERATING_SYSTEM } from "./operating_system.ts";
import type { SystemProxy } from "./system_proxy.ts";

/**
 * Opens the proxy settings of this machine and its user.
 *
 * @param isExempt Whether a list of names, addresses and ranges, separated by commas, has the target.
 */
export async function openSystemProxy(
  isExempt: (target: Target, list: string) => boolean,
): Promise<SystemProxy> {
  switch (OPERATING_SYSTEM) {
    case "linux":
      return new (await import("./linux/proxy/linux_system_proxy.ts")).LinuxSystemProxy(isExempt);
    case "windows":
      return new (await import("./windows/proxy/windows_system_proxy.ts")).WindowsSystemProxy();
  }
}
