import type { OpenSecurityContext, SecurityContext } from "../../platform/security_package.ts";
import type { ProxyAddress } from "../way.ts";
import type { Scheme } from "./credentials_book.ts";

/** A step of an exchange: what to send, or why there is none, as a clause. */
export type ExchangeStep = { readonly authorization: string } | { readonly failure: string };

/** One way to sign in, tried once. Disposing it frees what the system keeps for it. */
export interface Exchange extends Disposable {
  readonly scheme: Scheme;
  /** Whether the proxy has all that it needs to say yes or no. */
  readonly proven: boolean;
  /** @param token What the proxy has said, as base64; absent at the beginning. */
  next(token: string | undefined, signal: AbortSignal): Promise<ExchangeStep>;
}

/** Sends user name and password as they are. Pure. */
export function basicAuthorization({ username, password }: NonNullable<ProxyAddress["credentials"]>): string {
  return `Basic ${new TextEncoder().encode(`${username}:${password}`).toBase64()}`;
}

/** An exchange that is one step. */
export class BasicExchange implements Exchange {
  readonly scheme = "basic";
  readonly proven = true;
  readonly #authorization: string;

  constructor(credentials: NonNullable<ProxyAddress["credentials"]>) {
    this.#authorization = basicAuthorization(credentials);
  }

  next(): Promise<ExchangeStep> {
    return Promise.resolve({ authorization: this.#authorization });
  }

  [Symbol.dispose](): void {}
}

const PACKAGES = { negotiate: "Negotiate", ntlm: "NTLM" } as const;

/** An exchange that the system leads: of two steps with NTLM, of one with a ticket of Kerberos. */
export class PackageExchange implements Exchange {
  readonly scheme: "negotiate" | "ntlm";
  readonly #context: SecurityContext;
  #steps = 0;

  constructor(scheme: "negotiate" | "ntlm", proxy: ProxyAddress, open: OpenSecurityContext) {
    this.scheme = scheme;
    this.#context = open({
      package: PACKAGES[scheme],
      hostname: proxy.hostname,
      ...(proxy.credentials === undefined ? {} : { credentials: proxy.credentials }),
    });
  }

  get proven(): boolean {
    return this.#steps >= (this.scheme === "ntlm" ? 2 : 1);
  }

  async next(token: string | undefined, signal: AbortSignal): Promise<ExchangeStep> {
    let said: Uint8Array<ArrayBuffer> | null = null;
    try {
      if (token !== undefined) said = Uint8Array.fromBase64(token);
    } catch {
      return { failure: "the proxy's answer is not base64" };
    }
    const step = await this.#context.next(said, signal);
    if ("failure" in step) return { failure: `Windows cannot sign in: ${step.failure}` };
    if (step.token.length === 0) return { failure: "the proxy asks for more after the last step" };
    this.#steps++;
    return { authorization: `${PACKAGES[this.scheme]} ${step.token.toBase64()}` };
  }

  [Symbol.dispose](): void {
    this.#context[Symbol.dispose]();
  }
}
