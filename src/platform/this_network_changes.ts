import type { WatchNetworkChanges } from "./network_changes.ts";
import { OPERATING_SYSTEM } from "./operating_system.ts";

/** Watches the network of this machine, and the proxy settings of its user. */
export const watchThisNetwork: WatchNetworkChanges = async (changed) => {
  switch (OPERATING_SYSTEM) {
    case "linux":
      return await (await import("./linux/network_changes.ts")).watchNetworkChanges(changed);
    case "windows":
      return await (await import("./windows/network_changes.ts")).watchNetworkChanges(changed);
  }
};
