import { PROXY_LIMITS } from "../proxy_limits.ts";
import { type ProxyAddress, proxyText, type Way } from "../way.ts";

/** What a proxy said last. */
export interface UpstreamRecord {
  /** Without credentials, such as `http://proxy.example.com:8080`. */
  readonly address: string;
  /** `connected` if the last connection through it worked, else why not: a sentence without secrets. */
  readonly answer: string;
  readonly working: boolean;
  /** ISO 8601, UTC. */
  readonly at: string;
}

interface Page extends UpstreamRecord {
  /** Until when other ways are tried first; milliseconds of the clock. */
  readonly avoidedUntil: number;
}

/** The upstream proxies that were used, with their last answers. Memory only, and bounded. */
export class UpstreamBook {
  /** By address, the one that was used last at the end. */
  readonly #pages = new Map<string, Page>();
  readonly #asking = new Map<string, boolean>();
  readonly #now: () => number;

  /** @param now Milliseconds since 1970; replaced in tests. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** A connection through it worked. */
  noteWorking(proxy: ProxyAddress): void {
    this.#note(proxy, { answer: "connected", working: true, avoidedUntil: 0 });
  }

  /**
   * It did not. @param reason A whole sentence without secrets. @param isDown Whether the proxy itself could not be
   * connected to, so that other ways are better for a while; a refusal concerns one target.
   */
  noteFailure(proxy: ProxyAddress, reason: string, isDown: boolean): void {
    const avoidedUntil = isDown ? this.#now() + PROXY_LIMITS.avoidMilliseconds : 0;
    this.#note(proxy, { answer: reason, working: false, avoidedUntil });
  }

  /** The network has changed: a proxy that was down may be within reach now. */
  tryAllAgain(): void {
    for (const [address, page] of this.#pages) this.#pages.set(address, { ...page, avoidedUntil: 0 });
  }

  /** Whether the proxy has asked for a sign-in; `undefined` if no request without one was answered yet. */
  asksForSignIn(proxy: ProxyAddress): boolean | undefined {
    return this.#asking.get(proxyText(proxy));
  }

  noteSignIn(proxy: ProxyAddress, asks: boolean): void {
    const address = proxyText(proxy);
    this.#asking.delete(address);
    this.#asking.set(address, asks);
    forgetOldest(this.#asking);
  }

  /** The ways in the order in which to try them: proxies that were down a moment ago come last. */
  ordered(ways: readonly Way[]): Way[] {
    return [...ways.filter((way) => !this.#isAvoided(way)), ...ways.filter((way) => this.#isAvoided(way))];
  }

  /** The one that was used last first. */
  list(): UpstreamRecord[] {
    return [...this.#pages.values()].reverse().map(({ avoidedUntil: _, ...record }) => record);
  }

  #isAvoided(way: Way): boolean {
    if (way.kind === "direct") return false;
    return (this.#pages.get(proxyText(way.proxy))?.avoidedUntil ?? 0) > this.#now();
  }

  #note(proxy: ProxyAddress, page: Omit<Page, "address" | "at">): void {
    const address = proxyText(proxy);
    this.#pages.delete(address); // so that it becomes the newest
    this.#pages.set(address, { address, at: new Date(this.#now()).toISOString(), ...page });
    forgetOldest(this.#pages);
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys();
  if (map.size > PROXY_LIMITS.upstreams && oldest !== undefined) map.delete(oldest);
}
