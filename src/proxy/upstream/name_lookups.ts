import { isIp } from "../../platform/addresses.ts";
import { PROXY_LIMITS } from "../proxy_limits.ts";
import { DialFailure } from "./dial_failure.ts";

/** Asks the system's resolver; rejects with an error that has a `code`. */
export type Resolve = (hostname: string) => Promise<readonly { readonly address: string }[]>;

/** One client's wish to know a name. */
interface Waiting {
  readonly client: string;
  readonly begin: () => void;
}

/**
 * Looks up names as every other program of this machine does, so that its hosts file, VPN and split DNS hold. A look-up
 * cannot be cancelled and holds a thread meanwhile: there are few at a time, and fewer for one client. One that is under
 * way answers everyone who asks for that name.
 */
export class NameLookups {
  readonly #resolve: Resolve;
  readonly #running = new Map<string, Promise<readonly string[]>>();
  readonly #ofClient = new Map<string, number>();
  readonly #waiting = new Set<Waiting>();
  #active = 0;

  /** @param resolve Replaced in tests. */
  constructor(resolve: Resolve = systemResolver) {
    this.#resolve = resolve;
  }

  /**
   * The addresses of a name in the order in which the system prefers them, at most 16; an address is its own.
   *
   * @param client Whose share of them it takes.
   * @throws {DialFailure} `name`, or `silent` if the resolver takes too long. @throws {unknown} the signal's reason.
   */
  async find(hostname: string, client: string, signal: AbortSignal): Promise<readonly string[]> {
    if (isIp(hostname)) return [hostname];
    let running = this.#running.get(hostname);
    if (running === undefined) {
      await this.#turn(client, signal);
      running = this.#running.get(hostname) ?? this.#lookUp(hostname);
      this.#running.set(hostname, running);
      const done = () => this.#leave(client);
      running.then(done, done);
    }
    return await inTime(running, hostname, signal);
  }

  async #lookUp(hostname: string): Promise<readonly string[]> {
    try {
      const found = await this.#resolve(hostname);
      const addresses = [...new Set(found.map(({ address }) => address))].slice(0, PROXY_LIMITS.addresses);
      if (addresses.length > 0) return addresses;
      throw new DialFailure("name", "its name has no address");
    } catch (error) {
      throw error instanceof DialFailure ? error : DialFailure.ofName(error);
    } finally {
      this.#running.delete(hostname);
    }
  }

  /** Resolves when the client may look up one more. */
  #turn(client: string, signal: AbortSignal): Promise<void> {
    if (this.#mayBegin(client)) {
      this.#enter(client);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(waiting);
        reject(signal.reason);
      };
      const waiting: Waiting = {
        client,
        begin: () => {
          signal.removeEventListener("abort", leave);
          resolve();
        },
      };
      this.#waiting.add(waiting);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  #mayBegin(client: string): boolean {
    return this.#active < PROXY_LIMITS.lookUps &&
      (this.#ofClient.get(client) ?? 0) < PROXY_LIMITS.lookUpsOfClient;
  }

  #enter(client: string): void {
    this.#active++;
    this.#ofClient.set(client, (this.#ofClient.get(client) ?? 0) + 1);
  }

  #leave(client: string): void {
    this.#active--;
    const left = (this.#ofClient.get(client) ?? 1) - 1;
    if (left > 0) this.#ofClient.set(client, left);
    else this.#ofClient.delete(client);
    for (const waiting of this.#waiting) {
      if (this.#active >= PROXY_LIMITS.lookUps) return;
      if (!this.#mayBegin(waiting.client)) continue;
      this.#waiting.delete(waiting);
      this.#enter(waiting.client);
      waiting.begin();
    }
  }
}

/** Waits no longer than the resolver should take, which continues all the same. */
function inTime<Value>(running: Promise<Value>, hostname: string, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new DialFailure("silent", `the name server does not answer for '${hostname}'`));
    const timer = setTimeout(late, PROXY_LIMITS.lookUpMilliseconds);
    const aborted = () => reject(signal.reason);
    if (signal.aborted) aborted();
    signal.addEventListener("abort", aborted, { once: true });
    running.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
    });
  });
}

/** Loaded when it is needed: it takes 20 ms. */
async function systemResolver(hostname: string): Promise<readonly { readonly address: string }[]> {
  const { lookup } = await import("node:dns/promises");
  return await lookup(hostname, { all: true, verbatim: true });
}
