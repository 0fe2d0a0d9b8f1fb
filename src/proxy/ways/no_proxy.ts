/** Lists of what is asked directly: the setting `network.noProxy`, the variable NO_PROXY, and lists like them. */
import { type AddressBlock, isInBlock, parseAddress, parseBlock } from "./address_block.ts";
import type { Target } from "../way.ts";

/** One entry, read. */
export type NoProxyRule =
  & { readonly port?: number }
  & (
    | { readonly kind: "all" }
    /** Names without a dot. */
    | { readonly kind: "local" }
    /** `name` itself unless `beneathOnly`, and every name that ends with a dot and it. */
    | { readonly kind: "name"; readonly name: string; readonly beneathOnly: boolean }
    | { readonly kind: "block"; readonly block: AddressBlock }
  );

/** A name of a host in its longest form, with a port. */
const ENTRY_CHARACTERS = 300;
const NAME_REGEXP = /^[a-z0-9_\u0080-\uffff](?:[a-z0-9._\u0080-\uffff-]*[a-z0-9_\u0080-\uffff])?$/i;

/**
 * Reads one entry: `example.com` or `.example.com` (the name and all beneath it), `*.example.com` (those beneath it
 * alone), an address, a range such as `10.0.0.0/8` or `fd00::/8`, each with a port or not, `<local>`, `*`. A text says
 * why an entry is invalid, as a lower-case clause. Pure.
 */
export function parseNoProxyEntry(text: string): NoProxyRule | string {
  const invalid = `'${
    text.slice(0, ENTRY_CHARACTERS)
  }' is neither a name, an address nor a range such as '10.0.0.0/8'`;
  if (text.length > ENTRY_CHARACTERS) return `an entry has more than ${ENTRY_CHARACTERS} characters`;
  if (/^\w+:\/\//.test(text)) return `'${text}' has a scheme; write the name of the host alone`;
  if (text === "*") return { kind: "all" };
  if (text === "<local>") return { kind: "local" };
  const block = parseBlock(text);
  if (block !== undefined) return { kind: "block", block };
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const port = digits === undefined ? {} : { port: Number(digits) };
  if (port.port !== undefined && (port.port < 1 || port.port > 65_535)) return invalid;
  const ranged = bracketed ?? plain;
  if (ranged === undefined) return invalid;
  const within = parseBlock(ranged);
  if (within !== undefined) return { kind: "block", block: within, ...port };
  if (bracketed !== undefined || /^[\d./]+$/.test(ranged)) return invalid;
  const name = ranged.toLowerCase().replace(/\.$/, "").replace(/^\*?\./, "");
  if (!NAME_REGEXP.test(name)) return invalid;
  return { kind: "name", name: asciiName(name), beneathOnly: ranged.startsWith("*."), ...port };
}

/** Rules of a list as variables have it, separated by commas or spaces. What cannot be read is left out. Pure. */
export function parseNoProxyList(text: string): readonly NoProxyRule[] {
  return text.split(/[\s,;]+/).filter((entry) => entry !== "")
    .map(parseNoProxyEntry).filter((rule) => typeof rule !== "string");
}

/** Whether one of the rules is about the target. Pure. */
export function isExempt(target: Target, rules: readonly NoProxyRule[]): boolean {
  if (rules.length === 0) return false;
  const address = parseAddress(target.hostname);
  return rules.some((rule) => {
    if (rule.port !== undefined && rule.port !== target.port) return false;
    switch (rule.kind) {
      case "all":
        return true;
      case "local":
        return address === undefined && !target.hostname.includes(".");
      case "block":
        return address !== undefined && isInBlock(address, rule.block);
      case "name":
        return address === undefined &&
          (!rule.beneathOnly && target.hostname === rule.name || target.hostname.endsWith(`.${rule.name}`));
    }
  });
}

/** As it is on the wire: `bücher.example` is `xn--bcher-kva.example`. */
function asciiName(name: string): string {
  return URL.parse(`http://${name}/`)?.hostname || name;
}
