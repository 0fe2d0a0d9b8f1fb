import { PROXY_HOSTNAME } from "../../agent/protocol/network_names.ts";
import { errorText } from "../../errors/error_text.ts";
import { isWindlassError, WindlassError } from "../../errors/windlass_error.ts";
import { isLoopback } from "../../platform/addresses.ts";
import { type Connection, connectionDuplex } from "../../streams/connection_duplex.ts";
import type { Duplex } from "../../streams/duplex.ts";
import { authorityOf } from "../http/request_target.ts";
import { PROXY_LIMITS } from "../proxy_limits.ts";
import { isThisMachine } from "../this_machine.ts";
import { parseAddress } from "../ways/address_block.ts";
import { type ProxyAddress, proxyText, type Target } from "../way.ts";
import { type Connect, connectFirst } from "./connect_first.ts";
import { DialFailure } from "./dial_failure.ts";
import { inTime } from "./in_time.ts";
import { NameLookups } from "./name_lookups.ts";
import type { Peers } from "./peers.ts";
import { ProxyDown } from "./proxy_down.ts";

/** Services of the user's machine, as containers may reach them. */
export interface MachineServices {
  /** Connects to the one on that port. */
  open(port: number): Promise<Disposable & { readonly connection: Connection }>;
  /** @throws {WindlassError} `WL_SERVICE_FORBIDDEN` unless containers may reach that port. */
  check(port: number): Promise<void>;
  /** Whether a port of this machine is that of the API of a Windlass. */
  isControlPort(port: number): Promise<boolean>;
}

/** A connection of the system. */
export type TcpConnection =
  & Connection
  & Pick<Deno.TcpConn, "remoteAddr" | "localAddr" | "setNoDelay" | "setKeepAlive">;

export interface DialerOptions {
  readonly services: MachineServices;
  readonly lookups?: NameLookups;
  readonly peers?: Pick<Peers, "connect"> | undefined;
  /** Replaced in tests. */
  readonly connect?: Connect<TcpConnection>;
  /** The addresses that this machine has in its networks; replaced in tests. */
  readonly interfaces?: () => readonly Pick<Deno.NetworkInterfaceInfo, "address">[];
}

/** For whom a connection is made, and how long it may take. */
export interface DialOptions {
  /** As the mux names it. */
  readonly client: string;
  readonly milliseconds: number;
  readonly signal: AbortSignal;
  /** The address of the container that the target's name means to the client. */
  readonly peer?: string | undefined;
}

/** Makes the connections of the network proxy: to targets, and to upstream proxies. */
export class Dialer {
  readonly #services: MachineServices;
  readonly #lookups: NameLookups;
  readonly #peers: DialerOptions["peers"];
  readonly #connect: Connect<TcpConnection>;
  readonly #interfaces: NonNullable<DialerOptions["interfaces"]>;

  constructor(options: DialerOptions) {
    const { services, peers, lookups = new NameLookups(), connect = Deno.connect } = options;
    [this.#services, this.#peers, this.#lookups, this.#connect] = [services, peers, lookups, connect];
    this.#interfaces = options.interfaces ?? Deno.networkInterfaces;
  }

  /**
   * Connects to a target without a proxy. What leads to this machine, by its text or by the address that it resolves to,
   * is a service as containers may reach it, and is judged before a byte is sent.
   *
   * @throws {WindlassError} `WL_PROXY_TARGET_UNREACHABLE`, `WL_SERVICE_FORBIDDEN` or `WL_SERVICE_BUSY`.
   * @throws {unknown} the signal's reason.
   */
  async direct(target: Target, options: DialOptions): Promise<Duplex> {
    const { hostname, port } = target;
    let addresses: readonly string[] = [];
    if (options.peer !== undefined && this.#peers !== undefined) {
      return this.#peers.connect(options.peer, port);
    }
    try {
      if (isThisMachine(hostname)) return await this.#service(port);
      return await inTime(limitOf(options), async (signal) => {
        addresses = await this.#lookups.find(hostname, options.client, signal);
        const others = addresses.filter((address) => !isLoopback(address));
        if (others.length === 0) return await this.#service(port);
        const connection = await connectFirst(others, port, { signal, connect: this.#connect });
        return await this.#unlessForbidden(connection, port);
      });
    } catch (error) {
      if (options.signal.aborted || isWindlassError(error)) throw error;
      throw targetFailure(target, addresses, { error, client: options.client });
    }
  }

  /**
   * Connects to a proxy, which may be a program of this machine: the user has named it.
   *
   * @throws {ProxyDown} @throws {unknown} the signal's reason.
   */
  async upstream(proxy: ProxyAddress, options: DialOptions): Promise<TcpConnection> {
    const { hostname, port } = proxy;
    try {
      if (hostname === PROXY_HOSTNAME) throw new DialFailure("other", "that is this proxy itself");
      return await inTime(limitOf(options), async (signal) => {
        const addresses = hostname === "localhost"
          ? ["127.0.0.1", "::1"]
          : await this.#lookups.find(hostname, "upstream", signal);
        return prepared(await connectFirst(addresses, port, { signal, connect: this.#connect }));
      });
    } catch (error) {
      if (options.signal.aborted) throw error;
      throw new ProxyDown(`Cannot connect to the proxy ${proxyText(proxy)}: ${errorText(error)}`, error);
    }
  }

  /**
   * Judges a target that a proxy is about to be asked for over this connection. One that runs on this machine would be
   * led to this machine's own ports by a name just as we would.
   *
   * @throws {WindlassError} `WL_SERVICE_FORBIDDEN`
   */
  async judgeThrough(
    connection: TcpConnection,
    { hostname, port }: Target,
    options: DialOptions,
  ): Promise<void> {
    if (!isOwnConnection(connection)) return;
    try {
      await this.#services.check(port);
    } catch (error) {
      if (await this.#services.isControlPort(port)) throw error;
      if (await this.#leadsHere(hostname, options)) throw error;
    }
  }

  /** Whether a name leads to this machine, as far as that is soon known: a company's name server may know none. */
  async #leadsHere(hostname: string, { client, signal }: DialOptions): Promise<boolean> {
    const late = () => new DialFailure("silent", "it takes too long");
    const limit = { milliseconds: PROXY_LIMITS.localLookUpMilliseconds, signal, late };
    try {
      const addresses = await inTime(limit, (signal) => this.#lookups.find(hostname, client, signal));
      const own = new Set(this.#interfaces().map(({ address }) => addressValue(address)));
      return addresses.some((address) => isLoopback(address) || own.has(addressValue(address)));
    } catch (error) {
      if (error instanceof DialFailure) return false;
      throw error;
    }
  }

  async #service(port: number): Promise<Duplex> {
    const service = await this.#services.open(port).catch((error) => {
      throw isWindlassError(error) ? error : DialFailure.ofAddress(error, `port ${port} of this machine`);
    });
    const { connection } = service;
    return connectionDuplex({
      read: (buffer) => connection.read(buffer),
      write: (bytes) => connection.write(bytes),
      closeWrite: () => connection.closeWrite(),
      close: () => service[Symbol.dispose](),
    });
  }

  async #unlessForbidden(connection: TcpConnection, port: number): Promise<Duplex> {
    try {
      if (isOwnConnection(connection)) await this.#services.check(port);
      return connectionDuplex(prepared(connection));
    } catch (error) {
      connection.close();
      throw error;
    }
  }
}

/** Whether its other end is on this machine: a connection to one of its own addresses begins at that address. */
function isOwnConnection({ remoteAddr, localAddr }: TcpConnection): boolean {
  return isLoopback(remoteAddr.hostname) || remoteAddr.hostname === localAddr.hostname;
}

/** An address of IPv4 has one value, within IPv6 as well; an interface at its end is left out. */
function addressValue(address: string): bigint | undefined {
  return parseAddress(address.replace(/%.*$/, ""))?.value;
}

/** Small writes go out at once, and a peer that has vanished is noticed. */
function prepared(connection: TcpConnection): TcpConnection {
  connection.setNoDelay(true);
  connection.setKeepAlive(true);
  return connection;
}

function limitOf({ milliseconds, signal }: DialOptions) {
  const late = () => new DialFailure("silent", `it does not answer within ${milliseconds / 1_000} s`);
  return { milliseconds, signal, late };
}

/** Says what the user cannot see: where the name leads to. */
function targetFailure(
  target: Target,
  addresses: readonly string[],
  { error, client }: { readonly error: unknown; readonly client: string },
): WindlassError {
  const { hostname } = target;
  const text = `Cannot connect to ${authorityOf(target)}: ${errorText(error)}`;
  const isOwn = addresses.length > 0 && addresses.every(isLoopback) && addresses[0] !== hostname;
  if (isOwn) {
    return new WindlassError("WL_PROXY_TARGET_UNREACHABLE", text, {
      cause: error,
      remedy: `The name '${hostname}' leads to ${
        addresses[0]
      }, which is this machine: check its hosts file and its name server.`,
    });
  }
  const isShort = error instanceof DialFailure && error.kind === "name" && !hostname.includes(".");
  if (isShort && client !== "engine") {
    return new WindlassError("WL_PROXY_TARGET_UNREACHABLE", text, {
      cause: error,
      remedy:
        `If '${hostname}' is a container, add it to the variable NO_PROXY of the program that asks for it.`,
    });
  }
  return new WindlassError("WL_PROXY_TARGET_UNREACHABLE", text, { cause: error });
}
