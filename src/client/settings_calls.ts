import type { SettingChanges, SettingEntry, SettingList, SettingsSchema } from "../api/resources/settings.ts";
import type { CallOptions } from "./call_options.ts";
import type { Transport } from "./transport.ts";

/**
 * The calls for the settings, as `client.settings`.
 *
 * @example
 * ```ts
 * import { WindlassClient } from "@windlass/windlass";
 *
 * using client = await WindlassClient.connect();
 * const [idle] = await client.settings.change({ "engine.idleTimeout": "30m" });
 * idle?.takesEffect; // "at once"
 * ```
 */
export class SettingsCalls {
  readonly #transport: Transport;

  /** @param transport Sends the requests to the host. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Every setting, with its value and the source of the value. @throws {WindlassError} `WL_HOST_NOT_RUNNING` */
  async list({ signal }: CallOptions = {}): Promise<SettingEntry[]> {
    const { settings } = await this.#transport.ask<SettingList>({
      method: "GET",
      path: "/v1/settings",
      signal,
    });
    return settings;
  }

  /** The JSON schema of an object with every setting. @throws {WindlassError} `WL_HOST_NOT_RUNNING` */
  async schema({ signal }: CallOptions = {}): Promise<SettingsSchema> {
    return await this.#transport.ask({ method: "GET", path: "/v1/settings/schema", signal });
  }

  /**
   * Changes settings: all that are named, or none; `null` restores the default. Resolves to the named settings, whose
   * `takesEffect` says when the change takes effect.
   *
   * @throws {WindlassError} `WL_SETTING_UNKNOWN`, `WL_SETTING_INVALID`, `WL_SETTING_LOCKED`,
   * `WL_DAEMON_OPTIONS_INVALID`, `WL_HOST_NOT_RUNNING`
   */
  async change(changes: SettingChanges, { signal }: CallOptions = {}): Promise<SettingEntry[]> {
    const request = { method: "PATCH", path: "/v1/settings", body: changes, signal } as const;
    return (await this.#transport.ask<SettingList>(request)).settings;
  }
}
