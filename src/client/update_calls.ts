import type { UpdateInstallation, UpdateRollback, UpdateStatus } from "../api/answers.ts";
import type { CallOptions } from "./call_options.ts";
import type { Transport } from "./transport.ts";

/** How to install a version. */
export interface InstallCall extends CallOptions, UpdateInstallation {}

/** How to go back to the previous version. */
export interface RollbackCall extends CallOptions, UpdateRollback {}

/**
 * The calls about updates, as `client.update`. Each resolves to the status of updates. What takes long is only begun:
 * `client.statusChanges()` tells how far it is (`update.step`), and what it has failed with (`update.problem`).
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
   * Begins to download what is offered and to prepare it; asks the channel before if nothing is known. It is done with
   * the step `ready`.
   *
   * @throws {WindlassError} `WL_UPDATE_NOTHING` if nothing is offered; what `check` throws; `WL_NO_SPACE`
   */
  async download({ signal }: CallOptions = {}): Promise<UpdateStatus> {
    return await this.#ask("download", undefined, signal);
  }

  /**
   * Begins to install what is offered, or the version that is named. Once it is prepared, it waits for an idle moment
   * (step `waiting-for-idle`) unless it is to be now; with the step `switching`, the host ends and the new one starts.
   *
   * @throws {WindlassError} As `download`.
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
   * Begins to go back to the previous version, with all data; goes on as `install` does.
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
