import type { UpdateInstallation, UpdateRollback, UpdateStatus } from "../api/answers.ts";
import type { CallOptions } from "./call_options.ts";
import type { Transport } from "./transport.ts";

/** How to install a version. */
export interface InstallCall extends CallOptions, UpdateInstallation {}

/** How to go back to the previous version. */
export interface RollbackCall extends CallOptions, UpdateRollback {}

/**
 * The calls about updates, as `client.update`. Each resolves to the status that came of it; while one lasts, the events of
 * the client tell how far it is. A signal ends the call and what was begun for it; what is downloaded stays.
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

  /** @param transport The way to the host. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Which version runs, which could, and what is being done. The host answers from memory. */
  async status({ signal }: CallOptions = {}): Promise<UpdateStatus> {
    return await this.#transport.ask({ method: "GET", path: "/v1/update", signal });
  }

  /**
   * Asks the channel now, also where updates are off, and past a roll-out in steps.
   *
   * @throws {WindlassError} `WL_UPDATE_NO_CHANNEL`, `WL_UPDATE_UNREACHABLE`, `WL_UPDATE_EXPIRED`,
   * `WL_UPDATE_REJECTED`, `WL_HOST_NOT_RUNNING` and others that begin with `WL_UPDATE_`
   */
  async check({ signal }: CallOptions = {}): Promise<UpdateStatus> {
    return await this.#ask("check", undefined, signal);
  }

  /**
   * Downloads what is offered and prepares it; resolves when it could be switched to.
   *
   * @throws {WindlassError} `WL_UPDATE_NOTHING` if nothing is offered; what `check` throws; `WL_NO_SPACE`
   */
  async download({ signal }: CallOptions = {}): Promise<UpdateStatus> {
    return await this.#ask("download", undefined, signal);
  }

  /**
   * Downloads and prepares what is offered, and switches to it. Resolves when the switch begins, after which the host
   * ends and the new one starts; or when it waits for an idle moment (step `waiting-for-idle`).
   *
   * @throws {WindlassError} As `download`.
   *
   * @example
   * ```ts
   * import { WindlassClient } from "@windlass/windlass";
   *
   * using client = await WindlassClient.connect();
   * const { step, waitsFor } = await client.update.install();
   * if (step === "waiting-for-idle") waitsFor.map(({ what }) => what); // ["container web"]
   * ```
   */
  async install({ signal, ...options }: InstallCall = {}): Promise<UpdateStatus> {
    return await this.#ask("install", options, signal);
  }

  /**
   * Goes back to the previous version, with all data. Resolves as `install` does.
   *
   * @throws {WindlassError} `WL_UPDATE_NO_PREVIOUS`, `WL_UPDATE_NO_WAY_BACK`, `WL_HOST_NOT_RUNNING`
   */
  async rollback({ signal, ...options }: RollbackCall = {}): Promise<UpdateStatus> {
    return await this.#ask("rollback", options, signal);
  }

  /** Keeps updates to a version, or to its first numbers such as `1.2`. @throws {WindlassError} `WL_HOST_NOT_RUNNING` */
  async pin(version: string, { signal }: CallOptions = {}): Promise<UpdateStatus> {
    return await this.#ask("pin", { version }, signal);
  }

  /** Takes the pin away. @throws {WindlassError} `WL_HOST_NOT_RUNNING` */
  async unpin({ signal }: CallOptions = {}): Promise<UpdateStatus> {
    return await this.#ask("pin", { version: null }, signal);
  }

  /** Has a version not be offered until a newer one is. @throws {WindlassError} `WL_HOST_NOT_RUNNING` */
  async skip(version: string, { signal }: CallOptions = {}): Promise<UpdateStatus> {
    return await this.#ask("skip", { version }, signal);
  }

  #ask(verb: string, body: unknown, signal: AbortSignal | undefined): Promise<UpdateStatus> {
    return this.#transport.ask({ method: "POST", path: `/v1/update/${verb}`, body, signal });
  }
}
