import type { NetworkCheck, NetworkReport } from "../api/resources/network.ts";
import type { CallOptions } from "./call_options.ts";
import type { Transport } from "./transport.ts";

/**
 * The calls for the way of requests out of this machine, as `client.network`.
 *
 * @example
 * ```ts
 * import { WindlassClient } from "@windlass/windlass";
 *
 * using client = await WindlassClient.connect();
 * const { hosts } = await client.network.report();
 * hosts.filter(({ reached }) => !reached).map(({ host, way, outcome }) => `${host} by ${way}: ${outcome}`);
 * ```
 */
export class NetworkCalls {
  readonly #transport: Transport;

  /** @param transport Sends the requests to the host. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * What decides the way of a request, which way the last 50 hosts went, and which certificates the engine trusts. The
   * host answers from memory.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`
   */
  async report({ signal }: CallOptions = {}): Promise<NetworkReport> {
    return await this.#transport.ask({ method: "GET", path: "/v1/network", signal });
  }

  /**
   * Goes the way to a host step by step, as the engine would: what decides, name, connection, TLS, and whether a
   * registry answers. A step that fails is in the answer, with its code and remedy. Takes up to a minute.
   *
   * @param host `HOST` or `HOST:PORT`, such as `ghcr.io`; the port is 443 by default.
   * @throws {WindlassError} `WL_NETWORK_HOST_INVALID`, `WL_HOST_NOT_RUNNING`
   */
  async check(host: string, { signal }: CallOptions = {}): Promise<NetworkCheck> {
    return await this.#transport.ask({
      method: "POST",
      path: "/v1/network/check",
      body: { host },
      signal,
    });
  }
}
