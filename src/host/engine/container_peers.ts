/**
 * A program in a container that calls `http://api:8080` with the network proxy set sends this request to the proxy. The
 * machine does not know the name, but the networks of that container do.
 */
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Duplex } from "../../streams/duplex.ts";
import type { Peers } from "../../proxy/upstream/peers.ts";
import { exchangeHttp } from "../../streams/http_exchange.ts";

/** A container as `GET /containers/json` lists it, as far as it is read here. */
export interface ListedContainer {
  readonly Id?: string;
  readonly Names?: readonly string[] | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly NetworkSettings?: { readonly Networks?: Readonly<Record<string, ListedNetwork>> | null } | null;
}

interface ListedNetwork {
  readonly NetworkID?: string;
  readonly IPAddress?: string;
  readonly GlobalIPv6Address?: string;
  readonly Aliases?: readonly string[] | null;
  readonly DNSNames?: readonly string[] | null;
}

/** A network as `GET /networks` lists it, as far as it is read here. */
interface NetworkDescription {
  readonly Id?: string;
  readonly Options?: Readonly<Record<string, string>> | null;
}

/** What runs, and where. */
interface Listing {
  readonly containers: readonly ListedContainer[];
  /** The ids of networks whose containers must not reach each other. */
  readonly separating: ReadonlySet<string>;
}

/** The engine, as far as peers are looked for there. */
export interface PeerEngine {
  /** A connection to dockerd, which is not started for it. @throws {WindlassError} if nothing runs. */
  connectInside(): Promise<Duplex>;
  /** A connection to an address of the engine's network; nothing if there is no engine. */
  connectContainer(address: string, port: number): Duplex | undefined;
}

/** A list of some thousand containers; a longer one is read in part, which is not JSON. */
const LIST_BYTES = 16 * 1024 * 1024;
/** A program waits for it at each request. */
const LIST_MILLISECONDS = 5_000;
/** A container can ask for many names in a second, and a list of many containers takes dockerd a while. */
const CURRENT_MILLISECONDS = 1_000;
/** Docker serves no names in this network. */
const WITHOUT_NAMES = "bridge";
const SERVICE_LABEL = "com.docker.compose.service";
const SHORT_ID = 12;
/** Inter-container connectivity: dockerd's firewall keeps containers apart, which our connection would go around. */
const CONNECTIVITY_OPTION = "com.docker.network.bridge.enable_icc";
/** What dockerd reads as false. */
const FALSE = /^(?:0|f|false)$/i;
const NOTHING: Listing = { containers: [], separating: new Set() };

/** Finds containers for other containers, by the names that Docker gives them there. */
export class ContainerPeers implements Peers {
  readonly #engine: PeerEngine;
  readonly #now: () => number;
  #listing: Promise<Listing> | undefined;
  #listedAt = -Infinity;

  /** @param now In milliseconds; replaced in tests. */
  constructor(engine: PeerEngine, now = () => performance.now()) {
    this.#engine = engine;
    this.#now = now;
  }

  /**
   * The address of the container that a name means to a client; nothing if it is not the name of a container.
   *
   * @param client Address of the container that asks.
   */
  async find(client: string, name: string): Promise<string | undefined> {
    if (this.#listing === undefined || this.#now() - this.#listedAt > CURRENT_MILLISECONDS) {
      this.#listedAt = this.#now();
      this.#listing = this.#list();
    }
    const { containers, separating } = await this.#listing;
    return peerAddress(containers, client, name, separating);
  }

  /**
   * Connects to a container.
   *
   * @throws {WindlassError} `WL_ENGINE_FAILED` if the engine has ended meanwhile.
   */
  connect(address: string, port: number): Duplex {
    const connection = this.#engine.connectContainer(address, port);
    if (connection !== undefined) return connection;
    throw new WindlassError("WL_ENGINE_FAILED", "Cannot reach the container: the engine is not running");
  }

  /** What runs; nothing if dockerd does not say: a name is then looked up as any other, and not known. */
  async #list(): Promise<Listing> {
    try {
      const signal = AbortSignal.timeout(LIST_MILLISECONDS);
      const [containers, networks] = await Promise.all([
        this.#ask<ListedContainer>("/containers/json", signal),
        this.#ask<NetworkDescription>("/networks", signal),
      ]);
      return { containers, separating: separatingNetworks(networks) };
    } catch {
      return NOTHING;
    }
  }

  /** @throws {Error} if dockerd does not answer with a list. */
  async #ask<Item>(path: string, signal: AbortSignal): Promise<readonly Item[]> {
    using connection = await this.#engine.connectInside();
    const { body } = await exchangeHttp(connection, {
      method: "GET",
      path,
      maximumBytes: LIST_BYTES,
      signal,
    });
    const list = JSON.parse(body);
    if (!Array.isArray(list)) throw new TypeError("it is not a list");
    return list;
  }
}

/** The ids of networks whose containers must not reach each other. Pure. */
function separatingNetworks(networks: readonly NetworkDescription[]): Set<string> {
  const separating = networks.filter(({ Options }) => FALSE.test(Options?.[CONNECTIVITY_OPTION] ?? ""));
  return new Set(separating.map(({ Id = "" }) => Id));
}

/**
 * The address of the container that has a name in a network of the client's; none of another network is found, and none of
 * a network in `separating`, by id. Pure.
 */
export function peerAddress(
  containers: readonly ListedContainer[],
  client: string,
  name: string,
  separating: ReadonlySet<string> = NOTHING.separating,
): string | undefined {
  const wanted = name.toLowerCase();
  const networks = new Set(
    containers.flatMap(networksOf).filter(([, network]) => addressesOf(network).includes(client))
      .map(([, { NetworkID = "" }]) => NetworkID),
  );
  for (const container of containers) {
    for (const [networkName, network] of networksOf(container)) {
      const { NetworkID = "" } = network;
      if (networkName === WITHOUT_NAMES || !networks.has(NetworkID) || separating.has(NetworkID)) continue;
      const [address] = addressesOf(network);
      if (address !== undefined && namesOf(container, network).includes(wanted)) return address;
    }
  }
  return undefined;
}

function networksOf({ NetworkSettings }: ListedContainer): [name: string, network: ListedNetwork][] {
  return Object.entries(NetworkSettings?.Networks ?? {});
}

function addressesOf({ IPAddress, GlobalIPv6Address }: ListedNetwork): string[] {
  return [IPAddress ?? "", GlobalIPv6Address ?? ""].filter((address) => address !== "");
}

function namesOf({ Id = "", Names, Labels }: ListedContainer, network: ListedNetwork): string[] {
  const service = Labels?.[SERVICE_LABEL];
  return [
    ...(Names ?? []).map((name) => name.replace(/^\//, "")),
    ...network.Aliases ?? [],
    ...network.DNSNames ?? [],
    ...service === undefined ? [] : [service],
    Id.slice(0, SHORT_ID),
  ].map((each) => each.toLowerCase());
}
