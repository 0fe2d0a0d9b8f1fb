import type { NetworkAddresses } from "../network/network_addresses.ts";
import type { DaemonConfiguration } from "../protocol/agent_command.ts";

/** The user's options for dockerd, as it gets them. */
export interface AdaptedOptions {
  readonly options: DaemonConfiguration;
  /** Name servers that the agent asks in its place. */
  readonly nameServers: readonly string[];
}

/**
 * Fits options that dockerd has accepted into the engine's network: containers that asked the user's name servers
 * themselves would not know our own names, and the user's list of insecure registries would replace ours. Pure.
 *
 * @param network `undefined` where the agent serves neither names nor the machine.
 */
export function adaptOptions(
  options: DaemonConfiguration,
  network: NetworkAddresses | undefined,
): AdaptedOptions {
  if (network === undefined) return { options, nameServers: [] };
  const { dns, ...others } = options;
  const registries = options["insecure-registries"];
  const own = insecureRegistries(network);
  return {
    options: Array.isArray(registries)
      ? { ...others, "insecure-registries": [...registries, ...own] }
      : others,
    nameServers: Array.isArray(dns) ? dns : [],
  };
}

/**
 * Registries that may use plain HTTP without being listed: those of the user's machine, as dockerd allows it to those
 * on its own loopback addresses. Pure.
 */
export function insecureRegistries(network: Pick<NetworkAddresses, "host">): string[] {
  return [`${network.host}/32`];
}
