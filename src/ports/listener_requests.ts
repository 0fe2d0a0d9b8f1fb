import type { NetworkListener } from "../agent/protocol/stream_target.ts";
import { PORT_LIMITS } from "./port_limits.ts";
import type { PortRequest } from "./port_request.ts";

/** Reads one line of the agent; `undefined` if it is invalid. Pure. */
export function parseListeners(line: string): NetworkListener[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value) || !value.every(isListener)) return undefined;
  return value.slice(0, PORT_LIMITS.networkListeners);
}

function isListener(value: unknown): value is NetworkListener {
  const { protocol, address, port } = (value ?? {}) as Record<string, unknown>;
  return (protocol === "tcp" || protocol === "udp") && typeof address === "string" &&
    typeof port === "number" && Number.isInteger(port) && port >= 1 && port <= 65_535;
}

/**
 * What is opened on this machine for all listeners: for each port both loopback addresses, whichever family the
 * listener has, since `localhost` may be either. Never more than loopback: nobody asked for it with `-p`. By protocol
 * and port. Pure.
 */
export function requestsFor(listeners: readonly NetworkListener[]): Map<string, PortRequest[]> {
  const byPort = Map.groupBy(listeners, ({ protocol, port }) => `${protocol} ${port}`);
  return new Map([...byPort].map(([key, group]) => [key, requestsForPort(group)]));
}

function requestsForPort(group: readonly NetworkListener[]): PortRequest[] {
  const addresses = group.map(({ address }) => address);
  const ipv4 = addresses.find((address) => !address.includes(":"));
  const ipv6 = addresses.find((address) => address.includes(":"));
  const { protocol, port } = group[0]!;
  const request = (hostAddress: string, address = ""): PortRequest => ({
    protocol,
    hostAddress,
    hostPort: port,
    containerAddress: loopbackOf(address),
    containerPort: port,
  });
  return [request("127.0.0.1", ipv4 ?? ipv6), request("::1", ipv6 ?? ipv4)];
}

/** Where a listener is reached from inside the engine's network. */
function loopbackOf(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}
