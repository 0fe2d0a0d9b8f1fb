import type { NetworkAddresses } from "../network/network_addresses.ts";
import { HOST_NAMES, PROXY_HOSTNAME } from "../protocol/network_names.ts";

/** Our own names, in lower case, and the address of each. */
export type OwnNames = ReadonlyMap<string, string>;

/** The names that are known everywhere inside the engine. Pure. */
export function ownNames({ host, proxy }: Pick<NetworkAddresses, "host" | "proxy">): OwnNames {
  return new Map([...HOST_NAMES.map((name) => [name, host] as const), [PROXY_HOSTNAME, proxy]]);
}
