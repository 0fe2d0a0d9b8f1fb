import { clientForWay } from "../../proxy/client_for_way.ts";
import { type DecideWay, proxyText, type Target, type Way } from "../../proxy/way.ts";
import { hostnameOf } from "../../proxy/ways/proxy_url.ts";

/** How long a way that has failed is tried after all others. */
const FAILED_MILLISECONDS = 60_000;

/** The way to an address: a proxy as messages call it, or `null` for none, and what sends requests that way. */
export interface HttpRoute {
  readonly proxy: string | null;
  readonly client: Deno.HttpClient;
}

export interface HttpRoutesOptions {
  readonly ways: DecideWay;
  /** Trusted besides those of the runtime, each as PEM. */
  readonly certificates: () => Promise<readonly string[]>;
}

/** Requests on the ways that are decided for them. Connections are kept for the next request until it is disposed. */
export class HttpRoutes implements Disposable {
  readonly #options: HttpRoutesOptions;
  readonly #routes = new Map<string, HttpRoute>();
  readonly #failedAt = new Map<string | null, number>();

  constructor(options: HttpRoutesOptions) {
    this.#options = options;
  }

  /**
   * The ways to that address as of now, at least one, in the order in which they are tried: settings of the system may
   * change while a host runs.
   *
   * @throws {unknown} the signal's reason.
   */
  async to(url: URL, signal: AbortSignal): Promise<readonly HttpRoute[]> {
    const { ways } = await this.#options.ways.decide(targetOf(url), signal);
    const usable = ways.filter(isUsable);
    const certificates = await this.#options.certificates();
    const routes = (usable.length === 0 ? [DIRECT] : usable).map((way) => this.#route(way, certificates));
    return routes.toSorted((one, other) => Number(this.#hasFailed(one)) - Number(this.#hasFailed(other)));
  }

  /** A way did not lead to a server; the others come first for a while. */
  failed({ proxy }: HttpRoute): void {
    this.#failedAt.set(proxy, performance.now());
  }

  [Symbol.dispose](): void {
    for (const { client } of this.#routes.values()) client.close();
    this.#routes.clear();
  }

  #hasFailed({ proxy }: HttpRoute): boolean {
    return performance.now() - (this.#failedAt.get(proxy) ?? -Infinity) < FAILED_MILLISECONDS;
  }

  #route(way: Way, certificates: readonly string[]): HttpRoute {
    const proxy = way.kind === "direct" ? undefined : way.proxy;
    const key = JSON.stringify(proxy ?? null);
    const known = this.#routes.get(key);
    if (known !== undefined) return known;
    const route = {
      proxy: proxy === undefined ? null : proxyText(proxy),
      client: clientForWay({ proxy, certificates }),
    };
    this.#routes.set(key, route);
    return route;
  }
}

const DIRECT: Way = { kind: "direct" };

/** The runtime does not speak version 4 of SOCKS. */
function isUsable(way: Way): boolean {
  return way.kind === "direct" || way.proxy.scheme !== "socks4";
}

function targetOf(url: URL): Target {
  const scheme = url.protocol === "https:" ? "https" : "http";
  return { scheme, hostname: hostnameOf(url), port: Number(url.port) || (scheme === "https" ? 443 : 80) };
}

/** An address without the name and password that it may carry. Pure. */
export function publicAddress(url: URL): string {
  const shown = new URL(url);
  shown.username = shown.password = "";
  return shown.href;
}
