import { WindlassError } from "../errors/windlass_error.ts";
import type { Log } from "../logging/log.ts";
import { connectionLimits } from "../overload/connection_limits.ts";
import { DataConnections } from "../overload/data_connections.ts";
import { endpoint } from "../platform/addresses.ts";
import { findPortHolder } from "../platform/this_port_holder.ts";
import { sleep } from "../timing/sleep.ts";
import { bindAddress, type DefaultAddress } from "./bind_address.ts";
import type { OpenPort, OpenPortOptions, OpenTarget } from "./open_port.ts";
import { portFailure } from "./port_failure.ts";
import { PORT_LIMITS } from "./port_limits.ts";
import { containerTarget, type PortProtocol, type PortRequest } from "./port_request.ts";
import { PortTable } from "./port_table.ts";
import { PortTraffic, type TrafficCounts } from "./port_traffic.ts";
import { openTcpPort } from "./tcp_port.ts";

/** Why a port is open. */
export type PortSource = "published" | "host-network";

/** One port, as it is shown. */
export interface PortEntry extends TrafficCounts {
  readonly protocol: PortProtocol;
  /** Where the machine listens. */
  readonly address: string;
  readonly port: number;
  /** Where its bytes go, inside the engine. */
  readonly container: { readonly address: string; readonly port: number };
  readonly source: PortSource;
  /** When it was opened, ISO 8601, UTC. */
  readonly since: string;
}

/** What published ports are made with. */
export interface PublishedPortsOptions {
  readonly log: Log;
  /** Asked at each new port. */
  readonly defaultAddress: () => DefaultAddress;
  /** Whether a TCP port is one of Windlass's own, which is published on no address. */
  readonly isOwnPort?: (port: number) => boolean;
  /** What the clients of all ports are counted by; without it, as where the system has no limit. */
  readonly connections?: DataConnections;
  /** Opens a port; replaced in tests. */
  readonly open?: Readonly<Record<PortProtocol, (options: OpenPortOptions) => OpenPort | Promise<OpenPort>>>;
  /** Replaced in tests. */
  readonly findHolder?: typeof findPortHolder;
  /** Replaces {@linkcode PORT_LIMITS.findHolderMilliseconds}; for tests. */
  readonly findHolderMilliseconds?: number;
}

interface Publication {
  readonly entry: Omit<PortEntry, keyof TrafficCounts>;
  readonly traffic: PortTraffic;
  /** Resolves when the port is free again. Repeating it does nothing. */
  readonly close: () => Promise<void>;
  /** Resolves when that has happened. */
  readonly closed: Promise<void>;
}

/** The ports of this machine that lead into the engine. */
export class PublishedPorts {
  readonly #options: PublishedPortsOptions;
  readonly #connections: DataConnections;
  readonly #publications = new PortTable<Publication>();
  /** Ports that are open or being opened. */
  readonly #taken: Record<PortSource, number> = { "published": 0, "host-network": 0 };

  constructor(options: PublishedPortsOptions) {
    this.#options = options;
    this.#connections = options.connections ?? new DataConnections(connectionLimits(undefined));
  }

  /** All open ports, by number. */
  list(): PortEntry[] {
    return this.#publications.all()
      .map(({ entry, traffic }) => ({ ...entry, ...traffic.counts() }))
      .sort((a, b) =>
        a.port - b.port || a.protocol.localeCompare(b.protocol) || a.address.localeCompare(b.address)
      );
  }

  /** Whether a container has published this port, on any address. */
  isPublished(protocol: PortProtocol, port: number): boolean {
    return this.#publications.on({ protocol, port }).some(({ entry }) => entry.source === "published");
  }

  /** The addresses of the containers that a TCP port of this machine leads to. */
  containersAt(port: number): string[] {
    return this.#publications.on({ protocol: "tcp", port }).map(({ entry }) => entry.container.address);
  }

  /**
   * Opens a port until the returned function is called, which resolves when the port is free.
   *
   * @throws {WindlassError} `WL_PORT_BUSY`, `WL_PORT_RESERVED`, `WL_PORT_DENIED`, `WL_PORT_ADDRESS`, `WL_PORT_LIMIT`.
   */
  async publish(
    request: PortRequest,
    openTarget: OpenTarget,
    source: PortSource = "published",
  ): Promise<() => Promise<void>> {
    const address = bindAddress(request.hostAddress, this.#options.defaultAddress());
    this.#requireAllowed(request, address, source);
    this.#taken[source]++;
    try {
      return await this.#publish(request, address, openTarget, source);
    } catch (error) {
      this.#taken[source]--;
      throw error;
    }
  }

  async #publish(
    request: PortRequest,
    address: string,
    openTarget: OpenTarget,
    source: PortSource,
  ): Promise<() => Promise<void>> {
    const { log } = this.#options;
    const key = `${request.protocol} ${address} ${request.hostPort}`;
    await this.#handOver(request, address, source);
    const traffic = new PortTraffic();
    const takeShare = () => this.#connections.takeForPort(key, request.containerAddress);
    const port = await this.#open({
      address,
      port: request.hostPort,
      target: containerTarget(request),
      openTarget,
      takeShare,
      traffic,
      log,
    }, request.protocol);
    const { protocol, hostPort } = request;
    const container = { address: request.containerAddress, port: request.containerPort };
    const since = new Date().toISOString();
    const entry = { protocol, address, port: hostPort, container, source, since };
    const closed = Promise.withResolvers<void>();
    let closing: Promise<void> | undefined;
    const publication: Publication = {
      entry,
      traffic,
      closed: closed.promise,
      close: () => closing ??= this.#close(publication, port).finally(closed.resolve),
    };
    this.#publications.add(publication);
    log("info", "ports.opened", {
      protocol,
      address,
      port: hostPort,
      target: containerTarget(request),
      source,
    });
    return publication.close;
  }

  /** Own ports on every address: what is published on one would be taken for the status page on another. */
  #requireAllowed({ protocol, hostPort }: PortRequest, address: string, source: PortSource): void {
    const action = `Cannot publish ${endpoint(address, hostPort)}/${protocol}`;
    if (protocol === "tcp" && this.#options.isOwnPort?.(hostPort) === true) {
      throw new WindlassError("WL_PORT_BUSY", `${action}: Windlass itself uses the port`);
    }
    // What nobody asked for with '-p' leaves room for what somebody asks for.
    const { ports } = this.#connections.limits;
    const maximum = source === "published" ? ports : Math.floor(ports / HOST_NETWORK_PART);
    if (this.#taken[source] < maximum) return;
    throw new WindlassError("WL_PORT_LIMIT", `${action}: ${maximum} ports are already open`);
  }

  async #close(publication: Publication, port: OpenPort): Promise<void> {
    await port.close();
    this.#taken[publication.entry.source]--;
    this.#publications.remove(publication);
    const { entry: { protocol, address, port: number }, traffic } = publication;
    const { connections: { total }, bytes } = traffic.counts();
    this.#options.log("info", "ports.closed", {
      protocol,
      address,
      port: number,
      connections: total,
      ...bytes,
    });
  }

  /**
   * Waits for a port's last holder where that is ourselves: dockerd gives a port to one container at a time, but the
   * end of the last one may still be on its way to us.
   */
  async #handOver(
    { protocol, hostPort }: PortRequest,
    address: string,
    source: PortSource,
  ): Promise<void> {
    for (const rival of this.#publications.on({ protocol, port: hostPort })) {
      const yields = source === "published" && rival.entry.source === "host-network";
      if (!yields && rival.entry.address !== address) continue;
      await within(PORT_LIMITS.handOverMilliseconds, yields ? rival.close() : rival.closed);
    }
  }

  async #open(options: OpenPortOptions, protocol: PortProtocol): Promise<OpenPort> {
    const { open = OPEN, findHolder = findPortHolder } = this.#options;
    const { address, port } = options;
    try {
      return await open[protocol](options);
    } catch (error) {
      const holder = await within(
        this.#options.findHolderMilliseconds ?? PORT_LIMITS.findHolderMilliseconds,
        findHolder({ protocol, address, port }),
      );
      throw portFailure({ protocol, address, port }, error, holder);
    }
  }
}

/** The part of the ports that listeners of host-network containers may take: one in so many. */
const HOST_NETWORK_PART = 4;

/** What comes within the time, or nothing: one port that is slow must not make dockerd give up on another. */
async function within<Value>(milliseconds: number, promise: Promise<Value>): Promise<Value | undefined> {
  const over = new AbortController();
  const late = sleep(milliseconds, over.signal).then(() => undefined);
  return await Promise.race([promise, late]).finally(() => over.abort());
}

const OPEN = {
  tcp: openTcpPort,
  udp: async (options: OpenPortOptions) => (await import("./udp_port.ts")).openUdpPort(options),
} as const;
