/** Which proxy a machine or a user wants for which address. */
export interface ProxyRules {
  /** For `http:` addresses, as a URL. */
  readonly http?: string;
  /** For `https:` addresses, as a URL. */
  readonly https?: string;
  /** Whether an address is asked directly. */
  readonly bypasses: (url: URL) => boolean;
}

/** Internet Settings of a user of Windows, as its registry has them. */
export interface InternetSettings {
  readonly enabled: boolean;
  /** `host:port` for all, or `http=host:port;https=host:port`. */
  readonly server: string;
  /** Patterns with `*`, by semicolons; `<local>` is every name without a dot. */
  readonly override: string;
}

/** The proxy for an address as a URL; `null` to go directly. Pure. */
export function proxyFor(url: URL, rules: ProxyRules): string | null {
  const proxy = url.protocol === "https:" ? rules.https : rules.http;
  return proxy === undefined || rules.bypasses(url) ? null : proxy;
}

/** The rules of HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in upper or lower case; `null` without any. Pure. */
export function environmentRules(environment: Readonly<Record<string, string>>): ProxyRules | null {
  const value = (name: string) => environment[name.toLowerCase()] || environment[name] || undefined;
  const all = value("ALL_PROXY");
  const http = value("HTTP_PROXY") ?? all;
  const https = value("HTTPS_PROXY") ?? all;
  if (http === undefined && https === undefined) return null;
  const exceptions = (value("NO_PROXY") ?? "").split(/[\s,]+/).filter((entry) => entry !== "");
  return {
    ...(http === undefined ? {} : { http: withScheme(http) }),
    ...(https === undefined ? {} : { https: withScheme(https) }),
    bypasses: (url) => exceptions.some((entry) => isException(url, entry)),
  };
}

/** The rules of the Internet Settings; `null` when they name no proxy. Pure. */
export function internetSettingsRules({ enabled, server, override }: InternetSettings): ProxyRules | null {
  if (!enabled) return null;
  const { http, https } = internetServers(server);
  if (http === undefined && https === undefined) return null;
  const patterns = override.split(/[;\s]+/).filter((pattern) => pattern !== "");
  return {
    ...(http === undefined ? {} : { http }),
    ...(https === undefined ? {} : { https }),
    bypasses: (url) => isOverridden(url, patterns),
  };
}

function withScheme(proxy: string): string {
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

/** No name of a host is longer, with its port. */
const ENTRY_CHARACTERS = 300;

/** One entry of NO_PROXY: `*`, a name with all names beneath it, an address, a block of IPv4 addresses; with a port. */
function isException(url: URL, entry: string): boolean {
  if (entry === "*") return true;
  if (entry.length > ENTRY_CHARACTERS) return false;
  const host = hostOf(url);
  const block = ipv4Block(entry);
  if (block !== null) return isInBlock(host, block);
  const [, name, port] = /^(\[[^\]]+\]|[^:]+|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (name === undefined || port !== undefined && port !== portOf(url)) return false;
  const wanted = name.replace(/^\*?\.|^\[|\]$/g, "").toLowerCase();
  return host === wanted || host.endsWith(`.${wanted}`) && ipv4Number(host) === null;
}

function internetServers(server: string): { http?: string; https?: string } {
  const entries = server.split(/[;\s]+/).filter((entry) => entry !== "");
  const servers: { http?: string; https?: string } = {};
  for (const entry of entries) {
    const [, kind, place] = /^(?:(\w+)=)?(.+)$/.exec(entry) ?? [];
    if (place === undefined) continue;
    if (kind === undefined) servers.http = servers.https = withScheme(place);
    else if (kind === "http" || kind === "https") servers[kind] = withScheme(place);
    else if (kind === "socks") {
      // For what has no proxy of its own, as Windows does; version 4 is all that it knows, 5 is what exists.
      servers.http ??= `socks5://${place}`;
      servers.https ??= `socks5://${place}`;
    }
  }
  return servers;
}

function isOverridden(url: URL, patterns: readonly string[]): boolean {
  const host = hostOf(url);
  if (!patterns.includes("<-loopback>") && isLoopback(host)) return true;
  return patterns.some((pattern) => {
    if (pattern === "<local>") return !host.includes(".") && !host.includes(":");
    if (pattern.startsWith("<")) return false;
    const [, scheme, rest = ""] = /^(?:(\w+):\/\/)?(.*)$/.exec(pattern.toLowerCase()) ?? [];
    if (scheme !== undefined && `${scheme}:` !== url.protocol) return false;
    const parts = rest.split("*");
    return isLike(host, parts) || isLike(`${host}:${portOf(url)}`, parts);
  });
}

/**
 * Whether a text is made of the parts in their order, with anything in between. Takes the first place of each part:
 * a regular expression with as many stars would try them all.
 */
function isLike(text: string, parts: readonly string[]): boolean {
  const [first = "", ...others] = parts;
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/** Without the brackets of an IPv6 address; in small letters, as URLs have it. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

function portOf(url: URL): string {
  return url.port || (url.protocol === "https:" ? "443" : "80");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" ||
    ipv4Number(host) !== null && host.startsWith("127.");
}

function ipv4Number(text: string): number | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return null;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function ipv4Block(entry: string): { start: number; size: number } | null {
  const [, address = "", bits = ""] = /^([\d.]+)\/(\d{1,2})$/.exec(entry) ?? [];
  const start = ipv4Number(address);
  if (start === null || Number(bits) > 32) return null;
  const size = 2 ** (32 - Number(bits));
  return { start: start - start % size, size };
}

function isInBlock(host: string, { start, size }: { start: number; size: number }): boolean {
  const address = ipv4Number(host);
  return address !== null && address >= start && address < start + size;
}
