import { isIp } from "../../platform/addresses.ts";
import { PROXY_LIMITS } from "../proxy_limits.ts";
import { orAborted } from "../../timing/or_aborted.ts";
import { DialFailure } from "./dial_failure.ts";
import { inTime } from "./in_time.ts";

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
    const found = running;
    const late = () => new DialFailure("silent", `the name server does not answer for '${hostname}'`);
    const limit = { milliseconds: PROXY_LIMITS.lookUpMilliseconds, signal, late };
    return await inTime(limit, (signal) => orAborted(found, signal));
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

/** Loaded when it is needed: it takes 20 ms. */
async function systemResolver(hostname: string): Promise<readonly { readonly address: string }[]> {
  const { lookup } = await import("node:dns/promises");
  return await lookup(hostname, { all: true, verbatim: true });
}
