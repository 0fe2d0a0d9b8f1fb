/** What proxies have said to the credentials that they were shown. */
import { type ProxyAddress, proxyText } from "../way.ts";
import type { WindlassError } from "../../errors/windlass_error.ts";

/** Ways to sign in. */
export type Scheme = "basic" | "negotiate" | "ntlm";

/**
 * How long refused credentials are not shown again. Domains lock an account after some five wrong passwords within
 * half an hour, and a pull alone makes dozens of requests.
 */
const REFUSED_MILLISECONDS = 10 * 60_000;
/** A PAC file may name any number of proxies. */
const PROXIES = 100;

/** Of one proxy and one user. */
export interface CredentialsRecord {
  /** The way by which the proxy took them last. */
  accepted?: Scheme;
  refused?: { readonly error: WindlassError; readonly until: number };
  /** Ends with the answer to the request that tries credentials that are not known to be good, or when that takes long. */
  trial?: Promise<void>;
}

/** Kept in memory only, since the keys hold passwords. */
export class CredentialsBook {
  readonly #records = new Map<string, CredentialsRecord>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The record of the credentials that `proxy` has, or of the account of this user. */
  record(proxy: ProxyAddress): CredentialsRecord {
    const { username, password } = proxy.credentials ?? {};
    const key = JSON.stringify([proxyText(proxy), username, password]);
    const record = this.#records.get(key) ?? {};
    this.#records.delete(key);
    this.#records.set(key, record);
    if (this.#records.size > PROXIES) this.#records.delete(this.#records.keys().next().value!);
    return record;
  }

  refuse(record: CredentialsRecord, error: WindlassError): void {
    delete record.accepted;
    record.refused = { error, until: this.#now() + REFUSED_MILLISECONDS };
  }

  /** Why they are not shown to the proxy now; `undefined` if they may be. */
  refusal({ refused }: CredentialsRecord): WindlassError | undefined {
    return refused !== undefined && this.#now() < refused.until ? refused.error : undefined;
  }
}
