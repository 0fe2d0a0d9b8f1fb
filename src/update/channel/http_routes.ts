import { WindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import { proxyFor } from "./proxy_rules.ts";
import { systemProxyRules } from "./system_proxy.ts";

const PROXY_SCHEMES = ["http:", "https:", "socks5:", "socks5h:"];

/** All that Deno looks at when it makes a client, in every spelling. */
const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"]
  .flatMap((name) => [name, name.toLowerCase()]);

/** The way to an address: a proxy as messages call it, or `null` for none, and what sends requests that way. */
export interface HttpRoute {
  readonly proxy: string | null;
  readonly client: Deno.HttpClient;
}

/** Requests on the way that the user chose. Connections are kept for the next request until it is disposed. */
export class HttpRoutes implements Disposable {
  readonly #routes = new Map<string, HttpRoute>();

  /** @throws {WindlassError} `WL_UPDATE_ADDRESS_INVALID` when the proxy is neither `system`, `none` nor a URL of one. */
  constructor(private readonly choice: string, private readonly log: Log) {
    if (choice !== "system" && choice !== "none") requireProxyUrl(choice);
  }

  /** The way to that address as of now: settings of the system may change while a host runs. */
  to(url: URL): HttpRoute {
    const proxy = this.#proxyFor(url) ?? "";
    const known = this.#routes.get(proxy);
    if (known !== undefined) return known;
    const route = proxy === "" ? directRoute() : proxyRoute(requireProxyUrl(proxy));
    this.#routes.set(proxy, route);
    return route;
  }

  [Symbol.dispose](): void {
    for (const { client } of this.#routes.values()) client.close();
    this.#routes.clear();
  }

  #proxyFor(url: URL): string | null {
    if (this.choice === "none") return null;
    if (this.choice !== "system") return this.choice;
    const rules = systemProxyRules(this.log);
    return rules === null ? null : proxyFor(url, rules);
  }
}

/** An address without the name and password that it may carry. Pure. */
export function publicAddress(url: URL): string {
  const shown = new URL(url);
  shown.username = shown.password = "";
  return shown.href;
}

function requireProxyUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && PROXY_SCHEMES.includes(url.protocol) && url.hostname !== "") return url;
  const shown = url === null ? text : publicAddress(url);
  throw new WindlassError(
    "WL_UPDATE_ADDRESS_INVALID",
    `Cannot use the proxy '${shown}': it is not the URL of a proxy`,
  );
}

function directRoute(): HttpRoute {
  return { proxy: null, client: withoutProxyVariables(() => Deno.createHttpClient({})) };
}

function proxyRoute(url: URL): HttpRoute {
  const shown = publicAddress(url).replace(/\/$/, "");
  const basicAuth = { username: decoded(url.username), password: decoded(url.password) };
  const proxy = { url: shown, ...(url.username === "" ? {} : { basicAuth }) };
  return { proxy: shown, client: withoutProxyVariables(() => Deno.createHttpClient({ proxy })) };
}

/** Names and passwords of URLs are percent-encoded; one that is not, such as `100%`, is meant as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Makes a client with a fixed route. Deno reads the variables when it makes one, and lets NO_PROXY win over a
 * proxy that is given; which address takes which way has been decided here already.
 */
function withoutProxyVariables<Value>(make: () => Value): Value {
  const saved = PROXY_VARIABLES.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [{ name, value }];
  });
  for (const { name } of saved) Deno.env.delete(name);
  try {
    return make();
  } finally {
    for (const { name, value } of saved) Deno.env.set(name, value);
  }
}
