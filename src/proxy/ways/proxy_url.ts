import { PROXY_HOSTNAME } from "../../agent/protocol/network_names.ts";
import type { ProxyAddress } from "../way.ts";

/** What users write for a proxy, each with the port that is meant without one. */
const SCHEMES: Readonly<Record<string, { readonly scheme: ProxyAddress["scheme"]; readonly port: number }>> =
  {
    "http:": { scheme: "http", port: 80 },
    "https:": { scheme: "https", port: 443 },
    "socks:": { scheme: "socks5", port: 1080 },
    "socks4:": { scheme: "socks4", port: 1080 },
    "socks4a:": { scheme: "socks4", port: 1080 },
    "socks5:": { scheme: "socks5", port: 1080 },
    "socks5h:": { scheme: "socks5", port: 1080 },
  };

/** Addresses are typed by people; the longest that common servers take. */
const ADDRESS_CHARACTERS = 2_048;

/** A name without colons and a port without a scheme, as in `proxy.example.com:8080`. */
const SCHEMELESS_REGEXP = /^[^\s:/@]{1,253}:\d{1,5}$/;

/** Reads the URL of a proxy; a text says why it is invalid, as a lower-case clause. Pure. */
export function parseProxyUrl(text: string): ProxyAddress | string {
  if (text.length > ADDRESS_CHARACTERS) return `it has more than ${ADDRESS_CHARACTERS} characters`;
  if (SCHEMELESS_REGEXP.test(text)) return `it has no scheme; use 'http://${text}'`;
  // As URLs are read, these end the host, and what users see is a wrong host or port.
  const raw = /^[^/]*:\/\/[^@]*?([\s/?#\\])[^]*@/.exec(text)?.[1];
  if (raw !== undefined) {
    const encoded = `%${raw.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
    return `a '${raw}' in the name or password must be written as '${encoded}'`;
  }
  const url = /[\s\\]/.test(text) ? null : URL.parse(text);
  const kind = url === null ? undefined : SCHEMES[url.protocol];
  if (url === null || kind === undefined) return "it is not the URL of a proxy";
  const hostname = hostnameOf(url);
  if (hostname === "") return "it names no host";
  if (hostname === PROXY_HOSTNAME) return `'${PROXY_HOSTNAME}' is Windlass's own proxy`;
  if (url.pathname.length > 1 || url.search !== "" || url.hash !== "") {
    return "there is more after the host and port";
  }
  const address = {
    scheme: kind.scheme,
    hostname,
    port: url.port === "" ? statedPort(text) ?? kind.port : Number(url.port),
  };
  if (address.port === 0) return "port 0 is not a port";
  if (url.username === "" && url.password === "") return address;
  return {
    ...address,
    credentials: { username: decoded(url.username), password: decoded(url.password) },
  };
}

/** The host of a URL as {@linkcode ProxyAddress} and `Target` have it. Pure. */
export function hostnameOf(url: URL): string {
  return url.hostname.toLowerCase().replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

/** URLs drop the usual port of their scheme, such as the 443 of `https://proxy:443`; for proxies it is what was meant. */
function statedPort(text: string): number | undefined {
  const port = /:(\d{1,5})\/?$/.exec(text)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** Names and passwords of URLs are percent-encoded; one that is not, such as `100%`, is meant as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
