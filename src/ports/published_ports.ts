import type { Log } from "../logging/log.ts";
import { findPortHolder } from "../platform/port_holder.ts";
import { sleep } from "../timing/sleep.ts";
import { bindAddress, type DefaultAddress } from "./bind_address.ts";
import type { OpenPort, OpenPortOptions, OpenTarget } from "./open_port.ts";
import { portFailure } from "./port_failure.ts";
import { PORT_LIMITS } from "./port_limits.ts";
import { containerTarget, type PortProtocol, type PortRequest } from "./port_request.ts";
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
  /** Opens a port; replaced in tests. */
  readonly open?: Readonly<Record<PortProtocol, (options: OpenPortOptions) => OpenPort | Promise<OpenPort>>>;
  /** Replaced in tests. */
  readonly findHolder?: typeof findPortHolder;
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
  readonly #publications = new Map<string, Publication>();

  constructor(options: PublishedPortsOptions) {
    this.#options = options;
  }

  /** All open ports, by number. */
  list(): PortEntry[] {
    return [...this.#publications.values()]
      .map(({ entry, traffic }) => ({ ...entry, ...traffic.counts() }))
      .sort((a, b) =>
        a.port - b.port || a.protocol.localeCompare(b.protocol) || a.address.localeCompare(b.address)
      );
  }

  /** Whether a container has published this port, on any address. */
  isPublished(protocol: PortProtocol, port: number): boolean {
    return this.list().some((each) =>
      each.source === "published" && each.protocol === protocol && each.port === port
    );
  }

  /**
   * Opens a port until the returned function is called, which resolves when the port is free.
   *
   * @throws {WindlassError} `WL_PORT_BUSY`, `WL_PORT_RESERVED`, `WL_PORT_DENIED`, `WL_PORT_ADDRESS`.
   */
  async publish(
    request: PortRequest,
    openTarget: OpenTarget,
    source: PortSource = "published",
  ): Promise<() => Promise<void>> {
    const { log, defaultAddress } = this.#options;
    const address = bindAddress(request.hostAddress, defaultAddress());
    const key = `${request.protocol} ${address} ${request.hostPort}`;
    await this.#handOver(request, key, source);
    const traffic = new PortTraffic();
    const port = await this.#open({
      ...{ address, port: request.hostPort, target: containerTarget(request), openTarget, traffic, log },
    }, request.protocol);
    const { protocol, hostPort } = request;
    const container = { address: request.containerAddress, port: request.containerPort };
    const since = new Date().toISOString();
    const entry = { protocol, address, port: hostPort, container, source, since };
    const closed = Promise.withResolvers<void>();
    let closing: Promise<void> | undefined;
    const publication: Publication = {
      ...{ entry, traffic, closed: closed.promise },
      close: () => closing ??= this.#close(key, publication, port).finally(closed.resolve),
    };
    this.#publications.set(key, publication);
    log("info", "ports.opened", {
      protocol,
      address,
      port: hostPort,
      target: containerTarget(request),
      source,
    });
    return publication.close;
  }

  async #close(key: string, publication: Publication, port: OpenPort): Promise<void> {
    await port.close();
    // A successor may have its place already.
    if (this.#publications.get(key) === publication) this.#publications.delete(key);
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
  async #handOver(request: PortRequest, key: string, source: PortSource): Promise<void> {
    const rivals = [...this.#publications].filter(([rivalKey, { entry }]) =>
      rivalKey === key ||
      (source === "published" && entry.source === "host-network" && entry.protocol === request.protocol &&
        entry.port === request.hostPort)
    );
    for (const [, rival] of rivals) {
      if (source === "published" && rival.entry.source === "host-network") await rival.close();
      else await Promise.race([rival.closed, sleep(PORT_LIMITS.handOverMilliseconds, NEVER)]);
    }
  }

  async #open(options: OpenPortOptions, protocol: PortProtocol): Promise<OpenPort> {
    const { open = OPEN, findHolder = findPortHolder } = this.#options;
    const { address, port } = options;
    try {
      return await open[protocol](options);
    } catch (error) {
      throw portFailure({ protocol, address, port }, error, await findHolder({ protocol, address, port }));
    }
  }
}

const NEVER = new AbortController().signal;

const OPEN = {
  tcp: openTcpPort,
  udp: async (options: OpenPortOptions) => (await import("./udp_port.ts")).openUdpPort(options),
} as const;
