import type { PortRange } from "../../platform/port_range.ts";

type Protocol = "tcp" | "udp";

/** What a container's description says about the ports that it publishes, as far as it is used here. */
export interface ContainerPorts {
  readonly HostConfig?: {
    readonly PublishAllPorts?: boolean;
    readonly PortBindings?: Readonly<Record<string, readonly { readonly HostPort?: string }[] | null>> | null;
  };
}

/** Which port numbers are dockerd's to choose, and which the user has named. */
export interface PortChoice {
  readonly ranges: readonly ({ readonly protocol: Protocol } & PortRange)[];
  /** Such as `tcp 8080`. */
  readonly named: ReadonlySet<string>;
}

/** Where dockerd takes numbers from that nobody names; the agent sets it so (`tune_network.ts`). */
export const DYNAMIC_PORTS: PortRange = { first: 32_768, last: 49_151 };

/** How a port is written in {@linkcode PortChoice.named}. Pure. */
export function portName(protocol: Protocol, port: number): string {
  return `${protocol} ${port}`;
}

/** Reads a container's description. SCTP is left out: it never leaves the engine's network. Pure. */
export function portChoiceOf({ HostConfig = {} }: ContainerPorts): PortChoice {
  const ranges = new Map<string, PortChoice["ranges"][number]>();
  const named = new Set<string>();
  const choose = (protocol: Protocol, range: PortRange) =>
    ranges.set(`${protocol} ${range.first}-${range.last}`, { protocol, ...range });
  if (HostConfig.PublishAllPorts === true) {
    choose("tcp", DYNAMIC_PORTS);
    choose("udp", DYNAMIC_PORTS);
  }
  for (const [containerPort, bindings] of Object.entries(HostConfig.PortBindings ?? {})) {
    const protocol = containerPort.split("/")[1] ?? "tcp";
    if (protocol !== "tcp" && protocol !== "udp") continue;
    for (const { HostPort = "" } of bindings ?? [{}]) {
      const [first = 0, last = first] = HostPort.split("-").map(Number);
      if (first === 0) choose(protocol, DYNAMIC_PORTS);
      else if (last > first) choose(protocol, { first, last });
      else named.add(portName(protocol, first));
    }
  }
  return { ranges: [...ranges.values()], named };
}

/** A port that a start has failed over. */
export interface RefusedPort {
  readonly protocol: Protocol;
  /** Absent where dockerd was free to choose, and every number that it tried was taken. */
  readonly port?: number;
}

/** `Cannot publish 0.0.0.0:32769/tcp: 'x' (process id 1) holds the port`: our own words, of `portFailure()`. */
const HELD_REGEXP =
  /Cannot publish \S+:(\d+)\/(tcp|udp): [^"]*(?:(?:holds|uses) the port|has reserved the ports|access is denied)/;
/** `failed to bind host port for 0.0.0.0:32771:172.17.0.3:80/tcp: address already in use`: dockerd's; no number if it chose. */
const BOUND_REGEXP =
  /bind host port (?:for )?(?:\[[^\]]*\]|[^:\s]*):(\d*)\S*\/(tcp|udp): address already in use/;

/** The port that somebody else has, if that is why a start was refused. Pure. */
export function refusedPortIn(refusal: string): RefusedPort | undefined {
  const [, port, protocol] = HELD_REGEXP.exec(refusal) ?? BOUND_REGEXP.exec(refusal) ?? [];
  if (port === undefined) return undefined;
  return { protocol: protocol === "udp" ? "udp" : "tcp", ...port === "" ? {} : { port: Number(port) } };
}
