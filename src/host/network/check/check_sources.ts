import { trustedCertificates } from "../../../certificates/trusted_certificates.ts";
import { isThisMachine } from "../../../proxy/this_machine.ts";
import type { MachineServices } from "../../../proxy/upstream/dialer.ts";
import { NameLookups } from "../../../proxy/upstream/name_lookups.ts";
import type { UpstreamBook } from "../../../proxy/upstream/upstream_book.ts";
import type { DecideWay } from "../../../proxy/way.ts";
import { openWayOpener } from "../open_proxy_server.ts";
import type { CheckSources } from "./check_host.ts";

/** Whose share of look-ups and services a check takes: that of dockerd, as whose request it goes. */
const CLIENT = "engine";

/** A check goes the way of the network proxy. */
export function openCheckSources(
  ways: DecideWay,
  upstreams: Pick<UpstreamBook, "ordered">,
  services: MachineServices,
): CheckSources {
  const opener = openWayOpener(services);
  const lookups = new NameLookups();
  return {
    ways,
    lookUp: (hostname, signal) =>
      isThisMachine(hostname) ? Promise.resolve(["this machine"]) : lookups.find(hostname, CLIENT, signal),
    ordered: (ways) => upstreams.ordered(ways),
    open: (target, way, options) => opener.tunnel(target, way, { client: CLIENT, ...options }),
    trusted: trustedCertificates,
  };
}
