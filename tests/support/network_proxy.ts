import { NO_LOG } from "../../src/logging/log.ts";
import { connectionLimits } from "../../src/overload/connection_limits.ts";
import { DataConnections } from "../../src/overload/data_connections.ts";
import { loadSecurityPackages } from "../../src/platform/this_security_package.ts";
import { HostServices } from "../../src/ports/host_service.ts";
import { RecentHosts } from "../../src/proxy/recent_hosts.ts";
import { ProxyServer } from "../../src/proxy/server/proxy_server.ts";
import { createSignIns } from "../../src/proxy/sign_in/proxy_sign_in.ts";
import { Dialer } from "../../src/proxy/upstream/dialer.ts";
import { UpstreamBook } from "../../src/proxy/upstream/upstream_book.ts";
import { WayOpener } from "../../src/proxy/upstream/way_opener.ts";
import type { Way } from "../../src/proxy/way.ts";
import { connectionDuplex } from "../../src/streams/connection_duplex.ts";

/** The network proxy of the host, in this process and without an engine. */
export interface NetworkProxy extends AsyncDisposable {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly port: number;
  readonly hosts: RecentHosts;
  readonly upstreams: UpstreamBook;
  /** The ways of every target. */
  ways: readonly Way[];
}

/** Options of `openNetworkProxy()`. */
export interface NetworkProxyOptions {
  /** As what its clients appear; by default a container. */
  readonly client?: string;
  readonly isOwnPort?: (port: number) => boolean;
  readonly isAllowed?: (port: number) => boolean;
  /** What a proxy may prove itself with, each as PEM. */
  readonly certificates?: readonly string[];
}

/** Serves it on a port of its own. */
export function openNetworkProxy(options: NetworkProxyOptions = {}): NetworkProxy {
  const { client = "172.17.0.2", isOwnPort = () => false, isAllowed = () => true, certificates = [] } =
    options;
  const connections = new DataConnections(connectionLimits(undefined));
  const services = new HostServices({ isOwnPort, isAllowed, connections, log: NO_LOG });
  const openSignIn = createSignIns({ loadPackages: loadSecurityPackages });
  const hosts = new RecentHosts();
  const upstreams = new UpstreamBook();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  let ways: readonly Way[] = [{ kind: "direct" }];
  const server = new ProxyServer({
    hosts,
    upstreams,
    ways: { decide: () => Promise.resolve({ ways, rule: "the test" }) },
    containersAt: () => [],
    openSignIn,
    opener: new WayOpener({
      dialer: new Dialer({ services }),
      openSignIn,
      trustedCertificates: () => Promise.resolve(certificates),
    }),
    log: NO_LOG,
  });
  const served = new Set<Promise<void>>();
  const accepting = (async () => {
    for await (const connection of listener) {
      const stream = { accept: () => connectionDuplex(connection) };
      const serving = server.serve(stream, { name: client, share: connections.takeForProxy(client) });
      served.add(serving);
      serving.finally(() => served.delete(serving));
    }
  })();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    hosts,
    upstreams,
    get ways() {
      return ways;
    },
    set ways(value) {
      ways = value;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      server[Symbol.dispose]();
      await accepting;
      await Promise.all(served);
    },
  };
}
