import type { NetworkAddresses } from "../network/network_addresses.ts";
import type { DaemonConfiguration } from "../protocol/agent_command.ts";
import { HOST_NAMES } from "../protocol/network_names.ts";

/** What Docker gives to its bridge if nobody says otherwise. */
const DEFAULT_BRIDGE = "172.17.0.0/16";

/**
 * What dockerd and its programs connect to themselves rather than through the network proxy, as a value of `NO_PROXY`:
 * what is inside the engine's own network, which the host cannot reach. All else is for the host to decide. Pure.
 *
 * @param configuration dockerd's own configuration file.
 */
export function proxyExceptions(configuration: DaemonConfiguration, network: NetworkAddresses): string {
  const pools = configuration["default-address-pools"];
  const bases = Array.isArray(pools) ? pools.map((pool) => pool?.base) : [];
  const chosen = [configuration["bip"], ...bases].filter((range) => typeof range === "string");
  const ranges = chosen.length === 0 ? [DEFAULT_BRIDGE] : chosen;
  return ["localhost", "127.0.0.0/8", "::1", ...HOST_NAMES, ...ownRanges(network), ...ranges].join(",");
}

/** The addresses between engine and distro, which `engine-network.sh` takes from one range of eight. */
function ownRanges({ host }: NetworkAddresses): string[] {
  return [host.replace(/\.5$/, ".0/29")];
}
