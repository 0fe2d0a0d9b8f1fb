import { WindlassError } from "../../errors/windlass_error.ts";
import type { OpenSecurityContext } from "../../platform/security_package.ts";
import { orAborted } from "../../timing/or_aborted.ts";
import { type ProxyAddress, proxyText } from "../way.ts";
import { type Challenge, parseChallenges } from "./challenges.ts";
import { CredentialsBook, type CredentialsRecord, type Scheme } from "./credentials_book.ts";
import { basicAuthorization, BasicExchange, type Exchange, PackageExchange } from "./exchange.ts";
import type { OpenSignIn, SignIn, SignInRequest, SignInStep } from "./sign_in.ts";

/** Steps in all: two ways of three steps, and some room for a proxy that asks twice. */
const STEPS = 8;

/**
 * How long others wait for the request that shows a proxy new credentials. It may be one to a server that never answers;
 * a proxy that refuses them does so at once.
 */
const TRIAL_MILLISECONDS = 10_000;

/** As proxies and their users write them. */
const NAMES: Readonly<Record<string, string>> = {
  basic: "Basic",
  digest: "Digest",
  negotiate: "Negotiate",
  ntlm: "NTLM",
};

/** Dependencies of `createSignIns()`. */
export interface SignInsOptions {
  /** Loads what signs in as the user of this system, with the first proxy that wants it. */
  loadPackages(): Promise<OpenSecurityContext | undefined>;
  /** Milliseconds of a clock that only goes forward. */
  now?(): number;
  /** Replaced in tests. */
  readonly trialMilliseconds?: number;
}

/** Where sign-ins are opened. It remembers what proxies have accepted and refused, so a host has one. */
export function createSignIns(
  { loadPackages, now = () => performance.now(), trialMilliseconds = TRIAL_MILLISECONDS }: SignInsOptions,
): OpenSignIn {
  const book = new CredentialsBook(now);
  return (proxy) => new ProxySignIn({ proxy, book, loadPackages, trialMilliseconds });
}

interface Parts extends Pick<SignInsOptions, "loadPackages"> {
  readonly proxy: ProxyAddress;
  readonly book: CredentialsBook;
  readonly trialMilliseconds: number;
}

class ProxySignIn implements SignIn {
  readonly first?: string;
  readonly #parts: Parts;
  readonly #record: CredentialsRecord;
  readonly #tried = new Set<Scheme>();
  /** Ways that the proxy has refused. */
  readonly #refused: Scheme[] = [];
  /** Why other ways came to nothing, as clauses. */
  readonly #failures: string[] = [];
  #exchange: Exchange | undefined;
  #ofConnection = false;
  #steps = 0;
  #endTrial: (() => void) | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#record = parts.book.record(parts.proxy);
    const { credentials } = parts.proxy;
    if (credentials !== undefined && this.#record.accepted === "basic") {
      this.#exchange = new BasicExchange(credentials);
      this.#tried.add("basic");
      this.first = basicAuthorization(credentials);
    }
  }

  get ofConnection(): boolean {
    return this.#ofConnection;
  }

  async answer(request: SignInRequest, signal: AbortSignal): Promise<SignInStep> {
    try {
      return await this.#answer(request, signal);
    } catch (error) {
      this.#endExchange();
      this.#endTrial?.();
      throw error;
    }
  }

  succeeded(): void {
    if (this.#exchange?.proven) this.#record.accepted = this.#exchange.scheme;
    this.#endTrial?.();
  }

  [Symbol.dispose](): void {
    this.#endExchange();
    this.#endTrial?.();
  }

  async #answer({ challenges, kept }: SignInRequest, signal: AbortSignal): Promise<SignInStep> {
    signal.throwIfAborted();
    const offered = parseChallenges(challenges);
    const running = this.#exchange;
    if (++this.#steps > STEPS) throw this.#error("WL_PROXY_SIGN_IN_REFUSED", "it asks again and again");
    if (running !== undefined) {
      const step = await this.#continue(running, offered, kept, signal);
      if (step !== undefined) return step;
    }
    return await this.#begin(offered, running !== undefined, signal);
  }

  /** `undefined` once this way has come to nothing. */
  async #continue(running: Exchange, offered: readonly Challenge[], kept: boolean, signal: AbortSignal) {
    const name = NAMES[running.scheme];
    const token = offered.find((challenge) => challenge.scheme === running.scheme)?.token;
    if (token === undefined || running.scheme === "basic") {
      if (running.proven) this.#refused.push(running.scheme);
      else this.#failures.push(`it does not continue ${name}`);
    } else if (!kept) {
      this.#failures.push(`it closes the connection in the middle of ${name}`);
    } else {
      const step = await running.next(token, signal);
      if ("authorization" in step) return { ...step, connection: "same" as const };
      this.#failures.push(step.failure);
    }
    this.#endExchange();
    return undefined;
  }

  async #begin(offered: readonly Challenge[], again: boolean, signal: AbortSignal): Promise<SignInStep> {
    const packages = await this.#parts.loadPackages();
    const ways = this.#ways(offered, packages !== undefined);
    if (ways.length > 0) await this.#takeTrial(signal);
    for (const scheme of ways) {
      this.#tried.add(scheme);
      const exchange = this.#open(scheme, packages);
      this.#exchange = exchange;
      this.#ofConnection = scheme !== "basic";
      const step = await exchange.next(undefined, signal);
      // What the connection knows of the way before would be in the way of this one.
      if ("authorization" in step) return { ...step, connection: again ? "new" : "any" };
      this.#failures.push(step.failure);
      this.#endExchange();
    }
    throw this.#failure(offered, packages !== undefined);
  }

  /** The ways that are left, best first. */
  #ways(offered: readonly Challenge[], hasPackages: boolean): readonly Scheme[] {
    const { accepted } = this.#record;
    const known: Scheme[] = [
      ...(accepted === undefined ? [] : [accepted]),
      // A user who has set a password wants it used; the system's packages may be off by policy.
      ...(this.#parts.proxy.credentials === undefined ? [] : ["basic" as const]),
      ...(hasPackages ? ["negotiate" as const, "ntlm" as const] : []),
    ];
    return [...new Set(known)].filter((scheme) =>
      !this.#tried.has(scheme) && offered.some((challenge) => challenge.scheme === scheme)
    );
  }

  #open(scheme: Scheme, packages: OpenSecurityContext | undefined): Exchange {
    const { proxy } = this.#parts;
    if (scheme === "basic") return new BasicExchange(proxy.credentials!);
    return new PackageExchange(scheme, proxy, packages!);
  }

  /** Waits while another request tries these credentials, unless they are known to be good. */
  async #takeTrial(signal: AbortSignal): Promise<void> {
    const record = this.#record;
    while (this.#endTrial === undefined) {
      const refusal = this.#parts.book.refusal(record);
      if (refusal !== undefined) throw refusal;
      if (record.accepted !== undefined) return;
      if (record.trial === undefined) {
        const { promise, resolve } = Promise.withResolvers<void>();
        record.trial = promise;
        const end = () => {
          clearTimeout(timer);
          if (record.trial === promise) delete record.trial;
          resolve();
        };
        const timer = setTimeout(end, this.#parts.trialMilliseconds);
        this.#endTrial = end;
      } else {
        await orAborted(record.trial, signal);
      }
    }
  }

  #failure(offered: readonly Challenge[], hasPackages: boolean): WindlassError {
    const { proxy: { credentials }, book } = this.#parts;
    if (this.#refused.length > 0) {
      const who = credentials === undefined ? "your account" : "the user name and password";
      const by = this.#refused.map((scheme) => NAMES[scheme]).join(" and ");
      const error = this.#error("WL_PROXY_SIGN_IN_REFUSED", `it refuses ${who}, shown by ${by}`);
      book.refuse(this.#record, error);
      return error;
    }
    if (credentials === undefined && offered.some(({ scheme }) => scheme === "basic")) {
      return this.#error("WL_PROXY_CREDENTIALS_NEEDED", "it asks for a user name and password");
    }
    const [failure] = this.#failures;
    if (failure !== undefined) return this.#error("WL_PROXY_SIGN_IN_UNSUPPORTED", failure);
    const asked = offered.map(({ scheme }) => NAMES[scheme] ?? scheme).slice(0, 5).join(" and ");
    const can = hasPackages ? "Basic, NTLM and Negotiate" : "Basic";
    const state = asked === ""
      ? "it does not say how"
      : `it asks for ${asked}, and Windlass can do ${can} on this system`;
    return this.#error("WL_PROXY_SIGN_IN_UNSUPPORTED", state);
  }

  #error(
    code: "WL_PROXY_CREDENTIALS_NEEDED" | "WL_PROXY_SIGN_IN_UNSUPPORTED" | "WL_PROXY_SIGN_IN_REFUSED",
    state: string,
  ): WindlassError {
    return new WindlassError(code, `Cannot sign in to the proxy ${proxyText(this.#parts.proxy)}: ${state}`);
  }

  #endExchange(): void {
    this.#exchange?.[Symbol.dispose]();
    this.#exchange = undefined;
  }
}
