import { isLoopback } from "../platform/addresses.ts";

/** Keys of daemon.json that Windlass itself decides; another value would cut it off from its engine. */
const RESERVED: ReadonlySet<string> = new Set([
  "cgroup-parent",
  "containerd",
  "data-root",
  "exec-root",
  "hosts",
  "pidfile",
  "tls",
  "tlscacert",
  "tlscert",
  "tlskey",
  "tlsverify",
  "userland-proxy",
  "userland-proxy-path",
]);
const PROXY_KEYS = ["http-proxy", "https-proxy"] as const;
/** Proxies that dockerd can use. With any other, its requests fail one by one. */
const PROXY_PROTOCOLS: ReadonlySet<string> = new Set(["http:", "https:", "socks5:", "socks5h:"]);

/**
 * Why Windlass refuses options that dockerd itself would accept; a lower-case clause. What dockerd
 * says against them is found out when the engine runs. Pure.
 */
export function daemonOptionsRefusal(options: Readonly<Record<string, unknown>>): string | undefined {
  const reserved = Object.keys(options).find((key) => RESERVED.has(key));
  if (reserved !== undefined) return `'${reserved}' is set by Windlass itself`;
  return loopbackNameServer(options["dns"]) ?? loopbackProxy(options["proxies"]);
}

/** The engine has a loopback interface of its own, on which no name server of the machine listens. */
function loopbackNameServer(servers: unknown): string | undefined {
  const found = Array.isArray(servers) ? servers.find((server) => isOwn(String(server))) : undefined;
  if (found === undefined) return undefined;
  return `'dns' has ${found}, which is not this machine inside the engine; ` +
    "without 'dns', containers use the name servers of this machine";
}

/**
 * Why the proxies that the user has given to dockerd, in place of Windlass's own, cannot work, as a lower-case clause
 * without their user names and passwords. Pure.
 */
export function daemonProxyProblem(options: Readonly<Record<string, unknown>>): string | undefined {
  const { proxies } = options;
  return loopbackProxy(proxies) ?? unusableProxy(proxies);
}

function unusableProxy(proxies: unknown): string | undefined {
  const [key, url] = proxyUrls(proxies).find(([, { protocol }]) => !PROXY_PROTOCOLS.has(protocol)) ?? [];
  if (url === undefined) return undefined;
  return `'${key}' has '${url.protocol}//', which dockerd does not know; ` +
    "without 'proxies', it uses what 'network.proxy' says, and that may be of any kind";
}

function loopbackProxy(proxies: unknown): string | undefined {
  for (const [key, url] of proxyUrls(proxies)) {
    if (!isOwn(url.hostname)) continue;
    // Without the user's name and password, which the address may have.
    const port = url.port === "" ? "" : `:${url.port}`;
    return `'${key}' has ${url.hostname}, which is not this machine inside the engine; ` +
      `the proxy of this machine is '${url.protocol}//host.docker.internal${port}' there`;
  }
  return undefined;
}

function proxyUrls(proxies: unknown): [key: string, url: URL][] {
  if (typeof proxies !== "object" || proxies === null) return [];
  return PROXY_KEYS.flatMap((key): [string, URL][] => {
    const proxy: unknown = (proxies as Record<string, unknown>)[key];
    const url = typeof proxy === "string" && proxy !== "" ? proxyUrl(proxy) : undefined;
    return url === undefined ? [] : [[key, url]];
  });
}

/** As dockerd reads it: a proxy without a scheme is an HTTP one. */
function proxyUrl(proxy: string): URL | undefined {
  return URL.parse(proxy.includes("://") ? proxy : `http://${proxy}`) ?? undefined;
}

/** @param host A name or an address as users write it, an IPv6 one with brackets or not. */
function isOwn(host: string): boolean {
  const plain = host.trim().toLowerCase().replace(/^\[(.*)\]$/, "$1");
  return /^localhost\.?$/.test(plain) || isLoopback(plain);
}
