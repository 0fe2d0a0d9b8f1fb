import { PROXY_URL } from "../../agent/protocol/network_names.ts";
import type { NetworkCheck, NetworkReport } from "../../api/resources/network.ts";
import { problemOf, type ReportedProblem } from "../../errors/problem_of.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import { daemonProxyProblem } from "../../settings/daemon_options_refusal.ts";
import type { SettingsStore } from "../../settings/settings_store.ts";
import type { ProxyRoom } from "../engine/engine_network.ts";
import { sleep } from "../../timing/sleep.ts";
import { containerExemptions } from "./container_exemptions.ts";
import { type CliConfiguration, ContainerProxies } from "./container_proxies.ts";
import { networkReport } from "./network_report.ts";
import { ProxyInForce } from "./proxy_in_force.ts";
import type { SeenNetwork } from "./seen_network.ts";
import { vpnInterfaces } from "./vpn_interfaces.ts";

export interface NetworkServiceOptions {
  readonly network: SeenNetwork;
  /** Services of this machine, which a check may lead to. */
  readonly room: Pick<ProxyRoom, "services">;
  readonly settings: Pick<SettingsStore, "values">;
  readonly configurations: readonly CliConfiguration[];
  readonly log: Log;
  /** Called after every change of what is reported here. */
  readonly onChange: () => void;
}

/** An engine starts in less, and what containers get is still there from the last time. */
const BEGIN_MILLISECONDS = 2_000;

/** What users see of the network, and what containers get of it. */
export class NetworkService implements AsyncDisposable {
  readonly #options: NetworkServiceOptions;
  readonly #end = new AbortController();
  #beginning: Promise<void> | undefined;
  readonly #inForce: ProxyInForce;
  readonly #containers: ContainerProxies;

  constructor(options: NetworkServiceOptions) {
    this.#options = options;
    const { network, settings, configurations, log, onChange } = options;
    this.#inForce = new ProxyInForce(network.ways, onChange, log);
    this.#containers = new ContainerProxies({
      configurations,
      proxy: PROXY_URL,
      settings: () => ({
        mode: settings.values["network.containerProxy"],
        isInForce: this.#inForce.value,
        noProxy: containerExemptions(settings.values["network.noProxy"]),
      }),
      log,
      onChange,
    });
  }

  /** Finds out whether a proxy is in force, since what decides it may have changed. */
  look(): void {
    this.#inForce.look();
  }

  /** Does what a start can do without: begins a moment later, so that it takes nothing from the engine's start. */
  begin(): void {
    this.follow();
    this.#beginning = sleep(BEGIN_MILLISECONDS, this.#end.signal).then(() => {
      if (!this.#end.signal.aborted) this.look();
    });
  }

  /** Hands the proxy to containers as settings and machine are now. Cheap if nothing has changed. */
  follow(): void {
    this.#containers.follow();
  }

  report(): NetworkReport {
    const { network, settings } = this.#options;
    return networkReport({
      settings,
      network,
      isProxyInForce: this.#inForce.value === true,
      isHandedOut: this.#containers.isHandedOut,
      vpns: vpnInterfaces(),
    });
  }

  async check(host: string, signal: AbortSignal): Promise<NetworkCheck> {
    const { network, room } = this.#options;
    return await network.check(host, room, signal);
  }

  warnings(): readonly ReportedProblem[] {
    const { network, settings } = this.#options;
    const state = daemonProxyProblem(settings.values["engine.daemonOptions"]);
    const ofDaemon = state === undefined ? [] : [problemOf(
      new WindlassError(
        "WL_DAEMON_PROXY_UNUSABLE",
        `Cannot use the proxy in 'engine.daemonOptions': ${state}`,
      ),
    )];
    return [...network.warnings(), ...ofDaemon, ...this.#containers.problems];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#beginning;
    await this.#inForce[Symbol.asyncDispose]();
    await this.#containers[Symbol.asyncDispose]();
  }
}
