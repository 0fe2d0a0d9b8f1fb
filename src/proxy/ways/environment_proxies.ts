import type { ProxyAddress, Target } from "../way.ts";
import { isExempt, parseNoProxyList } from "./no_proxy.ts";
import { parseProxyUrl } from "./proxy_url.ts";

/** What the variables of a process say about a target. */
export type EnvironmentAnswer =
  | { readonly kind: "proxy"; readonly proxy: ProxyAddress; readonly source: string }
  /** There are variables, and the target is not for a proxy. */
  | { readonly kind: "direct"; readonly source: string }
  | { readonly kind: "unset" };

/** Reads a variable; `undefined` if it does not exist. */
export type ReadVariable = (name: string) => string | undefined;

/**
 * What HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY say; small letters win over capitals, as in most programs. A proxy
 * that cannot be read counts as not set. Pure but for `read`.
 */
export function environmentAnswer(target: Target, read: ReadVariable): EnvironmentAnswer {
  const own = variable(target.scheme === "https" ? "HTTPS_PROXY" : "HTTP_PROXY", read);
  const chosen = own ?? variable("ALL_PROXY", read);
  if (chosen === undefined) return otherSchemeOnly(target, read);
  const exceptions = variable("NO_PROXY", read);
  if (exceptions !== undefined && isExempt(target, parseNoProxyList(exceptions.value))) {
    return { kind: "direct", source: `the variable ${exceptions.name}` };
  }
  const proxy = parseProxyUrl(withScheme(chosen.value));
  if (typeof proxy === "string") {
    return { kind: "direct", source: `the variable ${chosen.name}, which is not the address of a proxy` };
  }
  return { kind: "proxy", proxy, source: `the variable ${chosen.name}` };
}

/** A proxy for the other scheme alone is a choice as well: this one goes directly, as in other programs. */
function otherSchemeOnly(target: Target, read: ReadVariable): EnvironmentAnswer {
  const other = variable(target.scheme === "https" ? "HTTP_PROXY" : "HTTPS_PROXY", read);
  if (other === undefined) return { kind: "unset" };
  return {
    kind: "direct",
    source: `the variable ${other.name}, which is for ${other.name.slice(0, -6)} only`,
  };
}

function variable(
  name: string,
  read: ReadVariable,
): { readonly name: string; readonly value: string } | undefined {
  for (const spelling of [name.toLowerCase(), name]) {
    // Files of environments keep quotes and line ends that shells would take away.
    const value = read(spelling)?.trim().replace(/^(["'])(.*)\1$/, "$2");
    if (value !== undefined && value !== "") return { name: spelling, value };
  }
  return undefined;
}

function withScheme(proxy: string): string {
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}
