import { endpoint, isIp, parsePort } from "../../platform/addresses.ts";
import type { Target } from "../way.ts";
import { BadProxyRequest } from "./message_errors.ts";
import { type RequestHead, valuesOf } from "./message_head.ts";

/** What a request is for. */
export type Wish =
  /** CONNECT: a tunnel. */
  | { readonly kind: "tunnel"; readonly target: Target }
  | {
    readonly kind: "forward";
    readonly target: Target;
    /** Path and query, as sent. */
    readonly path: string;
    /** For the `Host` header: the target as it was sent, without user name. */
    readonly authority: string;
  }
  /** For the proxy itself, as a browser would ask a web server. */
  | { readonly kind: "own" };

/** A proxy that gets one of these answers with the request as it came: with the user's password for that proxy. */
const ECHOING_METHODS = new Set(["TRACE", "TRACK"]);
const ABSOLUTE_REGEXP = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^#]*)/;
const AUTHORITY_REGEXP = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::(\d{0,5}))?$/;
const MAXIMUM_NAME = 253;
const PORTS = { http: 80, https: 443 } as const;

/**
 * What a request asks for. The target of the first line decides, whatever the `Host` header says. Pure.
 *
 * @throws {BadProxyRequest}
 */
export function readWish({ method, target: text, fields }: RequestHead): Wish {
  if (ECHOING_METHODS.has(method.toUpperCase())) {
    throw new BadProxyRequest(501, `its method is ${method}, which shows what only a proxy may see`);
  }
  if (method === "CONNECT") return { kind: "tunnel", target: tunnelTarget(text) };
  if (text.startsWith("/") || text === "*") return { kind: "own" };
  const [, scheme = "", authority = "", path = ""] = ABSOLUTE_REGEXP.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case "http":
      break;
    case "":
      throw new BadProxyRequest(400, "its target is neither an address nor a path");
    case "https":
      throw new BadProxyRequest(
        400,
        "its target begins with https://, for which a proxy needs the method CONNECT",
      );
    default:
      throw new BadProxyRequest(
        501,
        `its target begins with ${scheme.toLowerCase().slice(0, 20)}://, and only http:// is forwarded`,
      );
  }
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const target = readAuthority(host, "http");
  if (valuesOf(fields, "host").some((value) => /[\s,/@]/.test(value))) {
    throw new BadProxyRequest(400, "its Host header is not a host");
  }
  return {
    kind: "forward",
    target,
    path: path.startsWith("/") ? path : `/${path}`,
    authority: authorityOf(target, PORTS.http),
  };
}

/** A target as `Host` headers and CONNECT write it; without the port if that is `usual`. Pure. */
export function authorityOf({ hostname, port }: Pick<Target, "hostname" | "port">, usual?: number): string {
  if (port !== usual) return endpoint(hostname, port);
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

function tunnelTarget(text: string): Target {
  const [, , digits = ""] = AUTHORITY_REGEXP.exec(text) ?? [];
  if (digits === "") throw new BadProxyRequest(400, "the target of CONNECT is not HOST:PORT");
  return readAuthority(text, "https");
}

function readAuthority(text: string, scheme: keyof typeof PORTS): Target {
  const [, host, digits = ""] = AUTHORITY_REGEXP.exec(text) ?? [];
  const port = digits === "" ? PORTS[scheme] : parsePort(digits);
  if (host === undefined) throw new BadProxyRequest(400, "its target has no valid host");
  if (port === undefined) throw new BadProxyRequest(400, "its target has no valid port");
  return { scheme, hostname: normalHostname(host), port };
}

/**
 * A host as the URL standard writes it: `2130706433` and `0x7f.1` become 127.0.0.1, names lower case and ASCII. What
 * systems connect to must be what is judged.
 */
function normalHostname(host: string): string {
  // The head is read as one character per byte; names outside of ASCII are sent in UTF-8.
  const name = new TextDecoder().decode(Uint8Array.from(host, (character) => character.charCodeAt(0)));
  let hostname: string;
  // Anything else than a host would be a part of the URL below that nobody asks for.
  if (/[/\\@?#]/.test(name)) throw new BadProxyRequest(400, "its target has no valid host");
  try {
    hostname = new URL(`http://${name}/`).hostname;
  } catch {
    throw new BadProxyRequest(400, "its target has no valid host");
  }
  const plain = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const isAddress = isIp(plain);
  if (plain === "" || plain.length > MAXIMUM_NAME || (!isAddress && /[^a-z0-9._~-]/.test(plain))) {
    throw new BadProxyRequest(400, "its target has no valid host");
  }
  return plain;
}
