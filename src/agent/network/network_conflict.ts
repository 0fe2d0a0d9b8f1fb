import type { DaemonConfiguration } from "../protocol/agent_command.ts";
import type { NetworkAddresses } from "./network_addresses.ts";

/**
 * Which of the user's options would give containers the addresses by which they reach the user's machine and its name
 * server, as a lower-case clause. dockerd would take it, and no name would be known. Pure.
 */
export function networkConflict(
  options: DaemonConfiguration,
  network: NetworkAddresses | undefined,
): string | undefined {
  if (network === undefined) return undefined;
  const pools = options["default-address-pools"];
  const ranges: [key: string, range: unknown][] = [
    ["bip", options["bip"]],
    ["fixed-cidr", options["fixed-cidr"]],
    ...(Array.isArray(pools) ? pools : []).map((pool): [string, unknown] => [
      "default-address-pools",
      pool?.base,
    ]),
  ];
  const taken = ranges.find(([, range]) =>
    typeof range === "string" && (contains(range, network.host) || contains(range, network.nameServer))
  );
  if (taken === undefined) return undefined;
  return `'${taken[0]}' has ${
    taken[1]
  }, which holds ${network.host}, the address of this machine inside the engine`;
}

/** Whether an IPv4 range such as `10.0.0.1/8` holds an address. */
function contains(range: string, address: string): boolean {
  const [base, length] = range.split("/");
  const [first, second] = [numberOf(base!), numberOf(address)];
  const bits = Number(length ?? 32);
  if (first === undefined || second === undefined || !(bits >= 0 && bits <= 32)) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(first / size) === Math.floor(second / size);
}

function numberOf(address: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return undefined;
  return address.split(".").reduce((number, part) => number * 256 + Number(part), 0);
}
