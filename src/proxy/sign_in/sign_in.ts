/** How Windlass signs in to a proxy that asks for it: what the code that speaks to proxies sees. */
import type { ProxyAddress } from "../way.ts";

/** A proxy's answer 407. */
export interface SignInRequest {
  /** The values of its headers `Proxy-Authenticate`, as they came. */
  readonly challenges: readonly string[];
  /** Whether the next request can go over the connection that this answer came from. */
  readonly kept: boolean;
}

/** What to send next. */
export interface SignInStep {
  /** The value of `Proxy-Authorization`. Never shown or logged. */
  readonly authorization: string;
  /**
   * Where the next request goes: `same`, the connection of the answer, which is kept; `any`, that one where it is
   * kept, else a new one; `new`, a new one whatever the proxy has said.
   */
  readonly connection: "same" | "any" | "new";
}

/**
 * Signs in for one request, or one tunnel, over as many connections as that takes. Never asks the user.
 *
 * A connection that was signed in over by NTLM or Negotiate belongs to this user from then on, so it is not used for
 * anyone else. A request with a body sends it with the last step only: what comes before has `Content-Length: 0`.
 *
 * Dispose it as soon as the proxy has answered with something else than 407, or nothing came of the request: others
 * wait meanwhile, though not for ever, if it is not known whether the credentials are good, so that wrong ones are not
 * shown many times.
 */
export interface SignIn extends Disposable {
  /** For the first request, before the proxy has asked: set where the user gave credentials that may go unasked. */
  readonly first?: string;
  /** Whether the connection is signed in, not just the request. Changes with `answer`. */
  readonly ofConnection: boolean;
  /**
   * Answers a 407. Ends after a few calls, whatever the proxy says.
   *
   * @throws {WindlassError} `WL_PROXY_CREDENTIALS_NEEDED`, `WL_PROXY_SIGN_IN_UNSUPPORTED`, `WL_PROXY_SIGN_IN_REFUSED`:
   * the request cannot be made by this proxy.
   * @throws {unknown} the reason of `signal`.
   */
  answer(request: SignInRequest, signal: AbortSignal): Promise<SignInStep>;
  /** The proxy has answered with something else than 407: what it was shown, if anything, is good. */
  succeeded(): void;
}

/** Opens the sign-in of one request by this proxy. Costs nothing until the proxy asks. */
export type OpenSignIn = (proxy: ProxyAddress) => SignIn;
