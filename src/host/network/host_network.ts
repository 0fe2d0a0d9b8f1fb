import type { ProxyClient } from "../../agent/protocol/stream_target.ts";
import type { Problem } from "../../api/resources/problems.ts";
import type { Log } from "../../logging/log.ts";
import type { EngineStream } from "../../ports/engine_stream.ts";
import { RecentHosts } from "../../proxy/recent_hosts.ts";
import type { DecideWay } from "../../proxy/way.ts";
import type { SettingsStore } from "../../settings/settings_store.ts";
import type { EngineLife } from "../engine/engine_life.ts";
import type { EngineNetwork, ProxyRoom } from "../engine/engine_network.ts";

export interface HostNetworkOptions {
  readonly settings: Pick<SettingsStore, "values">;
  readonly log: Log;
  /** Whether a port of this machine is one of Windlass itself. */
  readonly isOwnPort: (port: number) => boolean;
  /** Called after every change of what is reported here. */
  readonly onChange: () => void;
}

/** No proxy, whatever the target. */
const DIRECT: DecideWay = {
  decide: () => Promise.resolve({ ways: [{ kind: "direct" }], rule: "no proxy is set" }),
};

/**
 * The network of the user's machine: which way requests leave it, and what it trusts. Opened once in a host. Opening it
 * reads nothing: what it needs is loaded when the first connection asks for it.
 */
export class HostNetwork implements EngineNetwork, AsyncDisposable {
  readonly recentHosts = new RecentHosts();
  /** Which way a request goes, by settings and system. */
  readonly ways: DecideWay = DIRECT;
  readonly #options: HostNetworkOptions;

  constructor(options: HostNetworkOptions) {
    this.#options = options;
  }

  /** What the user should know of proxies and certificates, for the status. */
  warnings(): readonly Problem[] {
    return [];
  }

  /** Certificates that this machine trusts besides the runtime's own, each as PEM; for TLS of the host's own. */
  trustedCertificates(): readonly string[] {
    return [];
  }

  serveProxy(stream: EngineStream, _client: ProxyClient, _room: ProxyRoom): void {
    this.#options.log("debug", "network.proxy.refused", { target: stream.target });
    stream.refuse("the network proxy is not served here");
  }

  lifeBegins(_life: EngineLife): void {}

  async [Symbol.asyncDispose](): Promise<void> {}
}
