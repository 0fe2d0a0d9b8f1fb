import { trustedCertificates } from "../../certificates/trusted_certificates.ts";
import { ProxyServer } from "../../proxy/server/proxy_server.ts";
import type { ProxyParts } from "../../proxy/server/proxy_parts.ts";
import { Dialer, type MachineServices } from "../../proxy/upstream/dialer.ts";
import { WayOpener } from "../../proxy/upstream/way_opener.ts";
import { openSignIn } from "./sign_ins.ts";

export interface OpenProxyServerOptions extends Omit<ProxyParts, "opener" | "openSignIn"> {
  readonly services: MachineServices;
}

/** The network proxy of this machine. */
export function openProxyServer({ services, ...parts }: OpenProxyServerOptions): ProxyServer {
  const dialer = new Dialer({ services });
  return new ProxyServer({
    ...parts,
    openSignIn,
    opener: new WayOpener({ dialer, openSignIn, trustedCertificates }),
  });
}
