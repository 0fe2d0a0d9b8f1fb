import type { CallOptions } from "./call_options.ts";
import type { Transport } from "./transport.ts";

/**
 * The calls for the Docker engine, as `client.engine`. Each resolves once the work has started; `client.events()` and
 * `client.status()` report its progress.
 *
 * @example
 * ```ts
 * import { WindlassClient } from "@windlass/windlass";
 *
 * using client = await WindlassClient.connect();
 * await client.engine.restart();
 * ```
 */
export class EngineCalls {
  readonly #transport: Transport;

  /** @param transport Sends the requests to the host. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Starts the engine, or retries at once if it has failed. @throws {WindlassError} `WL_HOST_NOT_RUNNING` */
  async start(options: CallOptions = {}): Promise<void> {
    await this.#transport.ask({ method: "POST", path: "/v1/engine/start", ...options });
  }

  /**
   * Stops the containers and the engine. The next request from a Docker client starts it again.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`
   */
  async stop(options: CallOptions = {}): Promise<void> {
    await this.#transport.ask({ method: "POST", path: "/v1/engine/stop", ...options });
  }

  /** Stops the engine and starts it again. @throws {WindlassError} `WL_HOST_NOT_RUNNING` */
  async restart(options: CallOptions = {}): Promise<void> {
    await this.#transport.ask({ method: "POST", path: "/v1/engine/restart", ...options });
  }
}
