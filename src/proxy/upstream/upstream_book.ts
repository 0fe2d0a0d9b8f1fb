import type { ErrorCode } from "../../errors/error_codes.ts";
import type { WindlassError } from "../../errors/windlass_error.ts";
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

/** Failures of the proxy itself, which the user has to do something about; the others concern one host. */
const PROBLEMS: readonly ErrorCode[] = [
  "WL_PROXY_UNREACHABLE",
  "WL_PROXY_CREDENTIALS_NEEDED",
  "WL_PROXY_SIGN_IN_UNSUPPORTED",
  "WL_PROXY_SIGN_IN_REFUSED",
];

export interface UpstreamBookOptions {
  /** Milliseconds since 1970; replaced in tests. */
  readonly now?: () => number;
  /** Called when {@linkcode UpstreamBook.problems} has changed. */
  readonly onChange?: () => void;
}

interface Page extends UpstreamRecord {
  /** Why it failed last; `undefined` if it works, or may work since the network has changed. */
  readonly failure: WindlassError | undefined;

  /** Until when other ways are tried first; milliseconds of the clock. */
  readonly avoidedUntil: number;
}

/** The upstream proxies that were used, with their last answers. Memory only, and bounded. */
export class UpstreamBook {
  /** By address, the one that was used last at the end. */
  readonly #pages = new Map<string, Page>();
  readonly #asking = new Map<string, boolean>();
  readonly #now: () => number;
  readonly #onChange: () => void;

  constructor({ now = Date.now, onChange = () => {} }: UpstreamBookOptions = {}) {
    [this.#now, this.#onChange] = [now, onChange];
  }

  /** A connection through it worked. */
  noteWorking(proxy: ProxyAddress): void {
    this.#note(proxy, { answer: "connected", working: true, failure: undefined, avoidedUntil: 0 });
  }

  /**
   * It did not. @param failure Without secrets. @param isDown Whether the proxy itself could not be connected to, so that
   * other ways are better for a while; a refusal concerns one target.
   */
  noteFailure(proxy: ProxyAddress, failure: WindlassError, isDown: boolean): void {
    const avoidedUntil = isDown ? this.#now() + PROXY_LIMITS.avoidMilliseconds : 0;
    this.#note(proxy, { answer: failure.message, working: false, failure, avoidedUntil });
  }

  /** The network has changed: a proxy that was down may be within reach now. */
  tryAllAgain(): void {
    for (const [address, page] of this.#pages) {
      this.#pages.set(address, { ...page, failure: undefined, avoidedUntil: 0 });
    }
  }

  /** Proxies that did not do their work when they were used last, for the user to see to. */
  problems(): readonly WindlassError[] {
    return [...this.#pages.values()].flatMap(({ failure }) =>
      failure !== undefined && PROBLEMS.includes(failure.code) ? [failure] : []
    );
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
    return [...this.#pages.values()].reverse().map(({ avoidedUntil: _, failure: __, ...record }) => record);
  }

  #isAvoided(way: Way): boolean {
    if (way.kind === "direct") return false;
    return (this.#pages.get(proxyText(way.proxy))?.avoidedUntil ?? 0) > this.#now();
  }

  #note(proxy: ProxyAddress, page: Omit<Page, "address" | "at">): void {
    const address = proxyText(proxy);
    const before = this.#pages.get(address)?.failure;
    this.#pages.delete(address); // so that it becomes the newest
    this.#pages.set(address, { address, at: new Date(this.#now()).toISOString(), ...page });
    forgetOldest(this.#pages);
    if (before?.message !== page.failure?.message) this.#onChange();
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys();
  if (map.size > PROXY_LIMITS.upstreams && oldest !== undefined) map.delete(oldest);
}
