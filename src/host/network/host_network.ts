import type { ProxyClient } from "../../agent/protocol/stream_target.ts";
import type { Problem } from "../../api/resources/problems.ts";
import type { NetworkCheck, PacStatus, TrustedCertificates } from "../../api/resources/network.ts";
import { errorText } from "../../errors/error_text.ts";
import { problemOf } from "../../errors/problem_of.ts";
import type { Log } from "../../logging/log.ts";
import type { EngineStream } from "../../ports/engine_stream.ts";
import type { ProxyServer } from "../../proxy/server/proxy_server.ts";
import { UpstreamBook } from "../../proxy/upstream/upstream_book.ts";
import { RecentHosts } from "../../proxy/recent_hosts.ts";
import type { SettingsStore } from "../../settings/settings_store.ts";
import type { EngineLife } from "../engine/engine_life.ts";
import { HostCertificates } from "./host_certificates.ts";
import type { EngineNetwork, ProxyRoom } from "../engine/engine_network.ts";
import { HostWays } from "./host_ways.ts";
import type { SeenNetwork } from "./seen_network.ts";

export interface HostNetworkOptions {
  readonly settings: Pick<SettingsStore, "values">;
  readonly log: Log;
  /** Called after every change of what is reported here. */
  readonly onChange: () => void;
}

/**
 * The network of the user's machine: which way requests leave it, and what it trusts. Opened once in a host. Opening it
 * reads nothing: what it needs is loaded when the first connection asks for it.
 */
export class HostNetwork implements EngineNetwork, SeenNetwork, AsyncDisposable {
  readonly recentHosts = new RecentHosts();
  /** The proxies that requests were passed on to. */
  readonly upstreams: UpstreamBook;
  /** Which way a request goes, by settings and system. */
  readonly ways: HostWays;
  readonly #options: HostNetworkOptions;
  readonly #certificates: HostCertificates;
  readonly #wayWatchers: (() => void)[] = [];
  #server: Promise<ProxyServer> | undefined;

  constructor(options: HostNetworkOptions) {
    this.#options = options;
    const { settings, log, onChange } = options;
    this.upstreams = new UpstreamBook({ onChange });
    this.ways = new HostWays({ settings, log, onShown: onChange, onChange: () => this.waysChanged() });
    const forContainers = () => settings.values["network.containerCertificates"];
    this.#certificates = new HostCertificates({ forContainers, log, onChange });
  }

  /** What the engine trusts of what this machine trusts; `null` before it is known. */
  get certificates(): TrustedCertificates | null {
    return this.#certificates.report();
  }

  /** What decides the way of a request now, in words. */
  get decidedBy(): string {
    return this.ways.decidedBy;
  }

  /** The PAC file that Windlass evaluates; `null` if it does none. */
  get pac(): PacStatus | null {
    return this.ways.pac;
  }

  /** To be called when a setting of the network has changed. */
  settingChanged(): void {
    this.ways.settingChanged();
    this.waysChanged();
  }

  /** To be called when a setting, the machine's settings, its network or a PAC file has changed. */
  waysChanged(): void {
    this.#certificates.settingChanged(); // which containers of workspaces are to have them, too
    this.upstreams.tryAllAgain();
    for (const watcher of this.#wayWatchers) watcher();
    this.#options.onChange();
  }

  /** Calls `watcher` whenever the way of a request may have changed. */
  watchWays(watcher: () => void): void {
    this.#wayWatchers.push(watcher);
  }

  /**
   * Goes the way to a host step by step, as a request of the engine would.
   *
   * @throws {WindlassError} `WL_NETWORK_HOST_INVALID` @throws {unknown} the signal's reason.
   */
  async check(
    host: string,
    { services }: Pick<ProxyRoom, "services">,
    signal: AbortSignal,
  ): Promise<NetworkCheck> {
    const { checkHost } = await import("./check/check_host.ts"); // as the proxy itself
    const { openCheckSources } = await import("./check/check_sources.ts");
    return await checkHost(host, openCheckSources(this.ways, this.upstreams, services), signal);
  }

  /** What the user should know of proxies and certificates, for the status. */
  warnings(): readonly Problem[] {
    const problems = [...this.ways.problems(), ...this.upstreams.problems()];
    return [...problems.map(problemOf), ...this.#certificates.warnings()];
  }

  serveProxy(stream: EngineStream, client: ProxyClient, room: ProxyRoom): void {
    const share = room.connections.takeForProxy(client);
    this.#server ??= this.#openServer(room);
    this.#server.then((server) => server.serve(stream, { name: client, share }), (error) => {
      share?.release();
      this.#options.log("error", "network.proxy.failed", { reason: errorText(error) });
      stream.refuse("the network proxy could not be loaded");
    });
  }

  lifeBegins(life: EngineLife, restartIfUnused: () => Promise<boolean>): void {
    this.#certificates.lifeBegins(life, restartIfUnused);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#certificates[Symbol.dispose]();
    const server = await this.#server?.catch(() => undefined);
    server?.[Symbol.dispose]();
    await this.ways[Symbol.asyncDispose]();
  }

  /** Loads the proxy, which no start needs. */
  async #openServer({ services, ports, peers }: ProxyRoom): Promise<ProxyServer> {
    const { openProxyServer } = await import("./open_proxy_server.ts");
    return openProxyServer({
      services,
      peers,
      ways: this.ways,
      upstreams: this.upstreams,
      hosts: this.recentHosts,
      containersAt: (port) => ports.containersAt(port),
      log: this.#options.log,
    });
  }
}
