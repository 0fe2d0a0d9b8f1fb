import type { ProxyAddress } from "../way.ts";
import { parseProxyUrl } from "./proxy_url.ts";

/** The value of the setting `network.proxy`, read. */
export type ProxySetting =
  | { readonly kind: "system" }
  | { readonly kind: "none" }
  | { readonly kind: "proxy"; readonly proxy: ProxyAddress }
  /** `url` is that of a PAC file, with the scheme `http:`, `https:` or `file:`. */
  | { readonly kind: "pac"; readonly url: string };

const PAC_PREFIX = "pac:";
const PAC_SCHEMES = ["http:", "https:", "file:"];
const PAC_CHARACTERS = 2_048;

/** Reads a value; a text says why it is invalid, as a lower-case clause. Pure. */
export function parseProxySetting(text: string): ProxySetting | string {
  if (text === "system" || text === "none") return { kind: text };
  if (hasHiddenPassword(text)) {
    return HIDDEN_PASSWORD;
  }
  if (text.startsWith(PAC_PREFIX)) return parsePac(text.slice(PAC_PREFIX.length));
  const proxy = parseProxyUrl(text);
  if (typeof proxy !== "string") return { kind: "proxy", proxy };
  return proxy === "it is not the URL of a proxy"
    ? "it must be 'system', 'none', the address of a proxy such as 'http://proxy.example.com:8080', or " +
      "'pac:' and the address of a PAC file"
    : proxy;
}

function parsePac(text: string): ProxySetting | string {
  const path = /^[a-z]:[\\/]|^\//i.exec(text);
  if (path !== null && !/\s/.test(text)) {
    return `write the path of a PAC file as 'pac:file://${path[0] === "/" ? "" : "/"}${
      text.replaceAll("\\", "/")
    }'`;
  }
  if (text.length > PAC_CHARACTERS) return `it has more than ${PAC_CHARACTERS} characters`;
  const url = /\s/.test(text) ? null : URL.parse(text);
  if (url === null || !PAC_SCHEMES.includes(url.protocol) || url.host === "" && url.protocol !== "file:") {
    return "after 'pac:' there must be the address of a PAC file such as 'http://proxy.example.com/proxy.pac'";
  }
  if (url.protocol === "file:" && /%(?:5c|2f|00)/i.test(url.pathname)) {
    return "the path of a PAC file has no '%5C', '%2F' or '%00'";
  }
  return { kind: "pac", url: url.href };
}

/** Credentials of a URL, with `pac:` before it or not. */
const CREDENTIALS_REGEXP = /^((?:pac:)?(?:[a-z][a-z0-9+.-]*:\/\/)?[^:]*):(?!(?:[a-z]+:)?\/\/)[^]*@/i;

/**
 * The text with `***` for the password of the URL that it is; others as they are. A password with characters that end the
 * host of a URL is hidden as well: too much is hidden rather than too little. Pure.
 */
export function withHiddenPassword(text: string): string {
  return text.replace(CREDENTIALS_REGEXP, "$1:***@");
}

/** Why such a text is refused, as a lower-case clause. */
export const HIDDEN_PASSWORD = "'***' stands for a password that is not shown; write the password itself";

/** Whether a text has been through {@linkcode withHiddenPassword}. Pure. */
export function hasHiddenPassword(text: string): boolean {
  return text.includes(":***@");
}

/** What decides the way of a request by that value of `network.proxy`, in words. Pure. */
export function decidedBySetting(text: string): string {
  const setting = parseProxySetting(text);
  if (typeof setting === "string" || setting.kind === "system") return "the proxy settings of this machine";
  return setting.kind === "pac"
    ? `the PAC file ${withHiddenPassword(setting.url)}`
    : "the setting network.proxy";
}
