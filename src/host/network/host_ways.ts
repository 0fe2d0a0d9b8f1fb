import type { PacStatus } from "../../api/resources/network.ts";
import { errorText } from "../../errors/error_text.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import type { NetworkChanges } from "../../platform/network_changes.ts";
import { watchThisNetwork } from "../../platform/this_network_changes.ts";
import type { DecideWay, Decision, Target } from "../../proxy/way.ts";
import { decidedBySetting } from "../../proxy/ways/proxy_setting.ts";
import type { WayDecider } from "../../proxy/ways/way_decider.ts";
import type { SettingsStore } from "../../settings/settings_store.ts";

export interface HostWaysOptions {
  readonly settings: Pick<SettingsStore, "values">;
  readonly log: Log;
  /** Called when the way of a request may have become another one: not after each request that another rule decides. */
  readonly onChange: () => void;
  /** Called after each change of what is shown here. */
  readonly onShown: () => void;
  /** @default {watches this machine} */
  readonly watch?: typeof watchThisNetwork;
}

/**
 * Which way requests of this machine go. Loads what decides, and watches the network, at the first request: a start
 * that needs no way takes no longer.
 */
export class HostWays implements DecideWay, AsyncDisposable {
  readonly #options: HostWaysOptions;
  #decider: WayDecider | undefined;
  #loading: Promise<WayDecider> | undefined;
  #changes: Promise<NetworkChanges | undefined> | undefined;
  #shown = "";
  #shownPac = "[]";

  constructor(options: HostWaysOptions) {
    this.#options = options;
  }

  /** What decides the way of a request, in words, as far as it is known without one. */
  get decidedBy(): string {
    return this.#decider?.decidedBy ?? decidedBySetting(this.#options.settings.values["network.proxy"]);
  }

  /** The PAC file that Windlass evaluates; `null` if it does none. */
  get pac(): PacStatus | null {
    const pac = this.#decider?.pac ?? null;
    return pac === null ? null : { ...pac, readAt: pac.readAt?.toISOString() ?? null };
  }

  /** What the user should know of the PAC file. */
  problems(): readonly WindlassError[] {
    const { pac } = this;
    if (pac === null || pac.problem === null) return [];
    const state = pac.state === "stale" ? "; the version from before is used" : "; requests go directly";
    return [
      new WindlassError(
        "WL_PAC_FILE_UNUSABLE",
        `Cannot use the PAC file '${pac.url}': ${pac.problem}${state}`,
      ),
    ];
  }

  async decide(target: Target, signal: AbortSignal): Promise<Decision> {
    const decider = this.#decider ?? await (this.#loading ??= this.#load());
    return await decider.decide(target, signal);
  }

  /** A setting has changed: the PAC file is read again, as a user expects who sets it again. */
  settingChanged(): void {
    this.#decider?.forget();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    (await this.#loading?.catch(() => undefined))?.[Symbol.dispose]();
    (await this.#changes)?.[Symbol.dispose]();
  }

  async #load(): Promise<WayDecider> {
    const { openWayDecider } = await import("../../proxy/ways/open_way_decider.ts");
    const { settings } = this.#options;
    this.#changes = this.#watch();
    return this.#decider = openWayDecider({
      settings: () => ({
        proxy: settings.values["network.proxy"],
        noProxy: settings.values["network.noProxy"],
      }),
      onChange: () => this.#changed(),
    });
  }

  async #watch(): Promise<NetworkChanges | undefined> {
    const { log, watch = watchThisNetwork, onChange } = this.#options;
    try {
      const changes = await watch(() => {
        log("debug", "network.changed", {});
        this.#decider?.forget();
        onChange();
      });
      if (changes.unwatched !== undefined) log("info", "network.unwatched", { reason: changes.unwatched });
      return changes;
    } catch (error) {
      // Settings and files are read again when they are old, all the same.
      log("warn", "network.unwatched", { reason: errorText(error) });
      return undefined;
    }
  }

  #changed(): void {
    const { pac, decidedBy } = this;
    const shown = JSON.stringify([pac?.url, pac?.state, pac?.problem, decidedBy]);
    if (shown !== this.#shown) {
      this.#shown = shown;
      const file = pac === null ? {} : { pac: pac.url, state: pac.state, problem: pac.problem ?? "" };
      this.#options.log("info", "network.ways", { decidedBy, ...file });
    }
    const { onChange, onShown } = this.#options;
    const shownPac = JSON.stringify(pac === null ? [] : [pac.url, pac.state]);
    if (shownPac === this.#shownPac) return onShown();
    this.#shownPac = shownPac;
    onChange();
  }
}
