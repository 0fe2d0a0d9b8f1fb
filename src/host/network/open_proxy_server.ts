import { trustedCertificates } from "../../certificates/trusted_certificates.ts";
import { ProxyServer } from "../../proxy/server/proxy_server.ts";
import type { ProxyParts } from "../../proxy/server/proxy_parts.ts";
import { Dialer, type MachineServices } from "../../proxy/upstream/dialer.ts";
import type { Peers } from "../../proxy/upstream/peers.ts";
import { WayOpener } from "../../proxy/upstream/way_opener.ts";
import { openSignIn } from "./sign_ins.ts";

export interface OpenProxyServerOptions extends Omit<ProxyParts, "opener" | "openSignIn"> {
  readonly services: MachineServices;
  readonly peers: Peers;
}

/** The network proxy of this machine. */
export function openProxyServer({ services, ...parts }: OpenProxyServerOptions): ProxyServer {
  return new ProxyServer({ ...parts, openSignIn, opener: openWayOpener(services, parts.peers) });
}

/** What connects as the network proxy does. */
export function openWayOpener(services: MachineServices, peers?: Peers): WayOpener {
  return new WayOpener({ dialer: new Dialer({ services, peers }), openSignIn, trustedCertificates });
}
