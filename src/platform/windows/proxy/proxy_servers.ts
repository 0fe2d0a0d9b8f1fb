/** The texts in which Windows keeps proxies, read as WinINET reads them. Pure. */
import type { ProxyAddress, Target, Way } from "../../../proxy/way.ts";
import { isLoopback } from "../../addresses.ts";

/** Most that is read of a list: a policy may be long, and each request goes through it. */
const LIST_ENTRIES = 2_000;

const HTTP_PORT = 80;
const HTTPS_PORT = 443;
const SOCKS_PORT = 1080;

/**
 * The proxies that a list names for a target, in its order; none for a target that goes directly.
 *
 * @param list `host:port` for every target, `http=host:port;https=host:port;socks=host:port` for some, or several of
 * them, by semicolons or blanks.
 */
export function proxyServersFor(target: Pick<Target, "scheme">, list: string): readonly Way[] {
  const ways: Way[] = [];
  const socks: Way[] = [];
  for (const entry of entriesOf(list)) {
    const [, kind, text] = /^(?:([a-z]+)=)?(.*)$/i.exec(entry) ?? [];
    const server = serverOf(text ?? "");
    if (server === undefined) continue;
    const proxy = (scheme: ProxyAddress["scheme"], usual: number): Way => ({
      kind: "proxy",
      proxy: { scheme, hostname: server.hostname, port: server.port ?? usual },
    });
    if (kind?.toLowerCase() === "socks") {
      // Windows itself knows version 4 only; a server that does not speak the first one refuses it at once.
      socks.push(proxy("socks5", SOCKS_PORT), proxy("socks4", SOCKS_PORT));
    } else if (kind === undefined || kind.toLowerCase() === target.scheme) {
      if (server.scheme === "https") ways.push(proxy("https", HTTPS_PORT));
      else if (server.scheme === undefined || server.scheme === "http") ways.push(proxy("http", HTTP_PORT));
      else ways.push(proxy("socks5", SOCKS_PORT));
    }
  }
  // SOCKS is for what has no proxy of its own.
  return ways.length > 0 ? ways : socks;
}

/**
 * Whether a bypass list excepts a target from its proxies: patterns with `*`, such as `*.example.com`, `10.*`,
 * `https://shop.example.com` or `example.com:8080`. `<local>` is every name without a dot. The machine itself is
 * always excepted, unless the list has `<-loopback>`.
 */
export function isBypassed(target: Target, list: string): boolean {
  const patterns = entriesOf(list).map((pattern) => pattern.toLowerCase());
  if (!patterns.includes("<-loopback>") && isThisMachine(target.hostname)) return true;
  return patterns.some((pattern) => matches(target, pattern));
}

function matches({ scheme, hostname, port }: Target, pattern: string): boolean {
  if (pattern === "<local>") return !/[.:]/.test(hostname);
  if (pattern.startsWith("<")) return false;
  const [, wantedScheme, rest = ""] = /^(?:([a-z]+):\/\/)?(.*)$/.exec(pattern) ?? [];
  if (wantedScheme !== undefined && wantedScheme !== scheme) return false;
  // A suffix with a dot, which other systems write so, means the names below it.
  const parts = (rest.startsWith(".") ? `*${rest}` : rest).split("*");
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return isLike(hostname, parts) || isLike(host, parts) || isLike(`${host}:${port}`, parts);
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

function isThisMachine(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || isLoopback(hostname);
}

function entriesOf(list: string): readonly string[] {
  return list.split(/[;,\s]+/, LIST_ENTRIES).filter((entry) => entry !== "");
}

/** `host`, `host:port` or a URL of them; `undefined` for what is neither. */
function serverOf(text: string) {
  const [, scheme, bracketed, name, port] =
    /^(?:([a-z0-9]+):\/\/)?(?:\[([0-9a-f:.]{2,45})\]|([^\s:/[\]@=]{1,253}))(?::(\d{1,5}))?\/?$/i.exec(text) ??
      [];
  const hostname = (bracketed ?? name)?.toLowerCase().replace(/\.$/, "");
  const number = port === undefined ? undefined : Number(port);
  if (hostname === undefined || hostname === "" || number === 0 || (number ?? 1) > 65_535) return undefined;
  return { scheme: scheme?.toLowerCase(), hostname, port: number };
}
