import type { UpdateInstallation, UpdateRollback } from "../api/resources/update_requests.ts";
import type { UpdateStatus } from "../api/resources/updates.ts";
import type { CallOptions } from "./call_options.ts";
import type { Transport } from "./transport.ts";

/** Options of {@linkcode UpdateCalls.install}. */
export interface InstallCall extends CallOptions, UpdateInstallation {}

/** Options of {@linkcode UpdateCalls.rollback}. */
export interface RollbackCall extends CallOptions, UpdateRollback {}

/**
 * The calls for updates, as `client.update`. Each resolves to the status of updates. Long work is only started:
 * `client.statusChanges()` reports its progress (`update.step`) and its failure (`update.problem`).
 *
 * @example
 * ```ts
 * import { WindlassClient } from "@windlass/windlass";
 *
 * using client = await WindlassClient.connect();
 * const { offer } = await client.update.check();
 * if (offer?.means === "install") await client.update.install({ when: "idle" });
 * ```
 */
export class UpdateCalls {
  readonly #transport: Transport;

  /** @param transport Sends the requests to the host. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The running version, the available one, and the work in progress. The host answers from memory. */
  async status({ signal }: CallOptions = {}): Promise<UpdateStatus> {
    return await this.#transport.ask({ method: "GET", path: "/v1/update", signal });
  }

  /**
   * Checks the channel now, even if updates are off, and even if a staged roll-out has not reached this machine.
   *
   * @throws {WindlassError} `WL_UPDATE_NO_CHANNEL`, `WL_UPDATE_UNREACHABLE`, `WL_UPDATE_EXPIRED`,
   * `WL_UPDATE_REJECTED`, `WL_HOST_NOT_RUNNING`, and other codes that begin with `WL_UPDATE_`
   */
  async check({ signal }: CallOptions = {}): Promise<UpdateStatus> {
    return await this.#ask("check", undefined, signal);
  }

  /**
   * Starts to download and prepare the offered version; checks the channel first if there is no offer yet. The step
   * `ready` marks the end.
   *
   * @throws {WindlassError} `WL_UPDATE_NOTHING` if there is no offer; `WL_NO_SPACE`; the errors of `check`
   */
  async download({ signal }: CallOptions = {}): Promise<UpdateStatus> {
    return await this.#ask("download", undefined, signal);
  }

  /**
   * Starts to install the offered version, or a given one. Once prepared, it waits until the engine is idle (step
   * `waiting-for-idle`) unless `when` is `now`. In the step `switching`, the host ends and the new one starts.
   *
   * @throws {WindlassError} The errors of `download`.
   *
   * @example
   * ```ts
   * import { WindlassClient } from "@windlass/windlass";
   *
   * using client = await WindlassClient.connect();
   * await client.update.install({ when: "idle" });
   * for await (const { update } of client.statusChanges()) {
   *   if (update?.step === "waiting-for-idle") update.waitsFor.map(({ what }) => what); // ["container web"]
   * }
   * ```
   */
  async install({ signal, ...options }: InstallCall = {}): Promise<UpdateStatus> {
    return await this.#ask("install", options, signal);
  }

  /**
   * Starts to roll back to the previous version, keeping all data; continues as `install` does.
   *
   * @throws {WindlassError} `WL_UPDATE_NO_PREVIOUS`, `WL_UPDATE_NO_WAY_BACK`, `WL_HOST_NOT_RUNNING`
   */
  async rollback({ signal, ...options }: RollbackCall = {}): Promise<UpdateStatus> {
    return await this.#ask("rollback", options, signal);
  }

  /**
   * Limits updates to a version, or to its first numbers such as `1.2`.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`
   */
  async pin(version: string, { signal }: CallOptions = {}): Promise<UpdateStatus> {
    return await this.#ask("pin", { version }, signal);
  }

  /** Removes the pin. @throws {WindlassError} `WL_HOST_NOT_RUNNING` */
  async unpin({ signal }: CallOptions = {}): Promise<UpdateStatus> {
    return await this.#ask("pin", { version: null }, signal);
  }

  /** Hides a version until a newer one is published. @throws {WindlassError} `WL_HOST_NOT_RUNNING` */
  async skip(version: string, { signal }: CallOptions = {}): Promise<UpdateStatus> {
    return await this.#ask("skip", { version }, signal);
  }

  #ask(verb: string, body: unknown, signal: AbortSignal | undefined): Promise<UpdateStatus> {
    return this.#transport.ask({ method: "POST", path: `/v1/update/${verb}`, body, signal });
  }
}
