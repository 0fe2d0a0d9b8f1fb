import { trustedCertificates } from "../../certificates/trusted_certificates.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { ProxyServer } from "../../proxy/server/proxy_server.ts";
import type { ProxyParts } from "../../proxy/server/proxy_parts.ts";
import type { OpenSignIn } from "../../proxy/sign_in/sign_in.ts";
import { Dialer, type MachineServices } from "../../proxy/upstream/dialer.ts";
import { WayOpener } from "../../proxy/upstream/way_opener.ts";
import { proxyText } from "../../proxy/way.ts";

export interface OpenProxyServerOptions extends Omit<ProxyParts, "opener" | "openSignIn"> {
  readonly services: MachineServices;
}

const openSignIn: OpenSignIn = (proxy) => ({
  ofConnection: false,
  answer: () =>
    Promise.reject(
      new WindlassError("WL_PROXY_CREDENTIALS_NEEDED", `Cannot sign in to the proxy ${proxyText(proxy)}`),
    ),
  [Symbol.dispose]: () => {},
});

/** The network proxy of this machine. */
export function openProxyServer({ services, ...parts }: OpenProxyServerOptions): ProxyServer {
  const dialer = new Dialer({ services });
  return new ProxyServer({
    ...parts,
    openSignIn,
    opener: new WayOpener({ dialer, openSignIn, trustedCertificates }),
  });
}
