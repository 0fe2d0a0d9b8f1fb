import type { NetworkReport } from "../../api/resources/network.ts";
import { withHiddenPassword } from "../../proxy/ways/proxy_setting.ts";
import type { Settings } from "../../settings/settings_schema.ts";
import type { SeenNetwork } from "./seen_network.ts";

/** The parts of a running host that its report on the network is read from. */
export interface NetworkSources {
  readonly settings: { readonly values: Settings };
  readonly network: Pick<SeenNetwork, "decidedBy" | "pac" | "recentHosts" | "upstreams" | "certificates">;
  readonly isProxyInForce: boolean;
  readonly isHandedOut: boolean;
  /** Names of the interfaces of VPNs that are up. */
  readonly vpns: readonly string[];
}

/** The network of a running host, as the API answers it. Pure. */
export function networkReport(sources: NetworkSources): NetworkReport {
  const { settings: { values }, network, isProxyInForce, isHandedOut, vpns } = sources;
  return {
    settings: {
      proxy: withHiddenPassword(values["network.proxy"]),
      noProxy: [...values["network.noProxy"]],
      containerProxy: values["network.containerProxy"],
      containerCertificates: values["network.containerCertificates"],
    },
    decidedBy: network.decidedBy,
    proxyInForce: isProxyInForce,
    pac: network.pac,
    upstreams: network.upstreams.list(),
    hosts: network.recentHosts.list(),
    certificates: network.certificates,
    containersUseProxy: isHandedOut,
    hints: vpns.map(vpnHint),
  };
}

function vpnHint(name: string): string {
  return `'${name}' looks like a VPN: what the engine fetches goes through it as other programs of this machine do. ` +
    "Connections that containers make without the proxy go the way that WSL gives them.";
}
