/** How the system signs in for its user, without asking: the packages that Windows calls security support providers. */

/** Names of packages, as they are written in HTTP too. */
export type SecurityPackage = "NTLM" | "Negotiate";

/** For whom, and to whom. */
export interface SecurityContextOptions {
  readonly package: SecurityPackage;
  /** The host to sign in to, as the domain knows it. */
  readonly hostname: string;
  /** Instead of the account that this process runs as. A domain is ahead of the name, as in `CORP\jane`. */
  readonly credentials?: { readonly username: string; readonly password: string };
}

/** A step of an exchange. */
export type SecurityStep =
  /** What to send; empty if there is nothing more to say. */
  | { readonly token: Uint8Array<ArrayBuffer> }
  /** Why the system cannot, as a clause. */
  | { readonly failure: string };

/** One exchange with one host. Disposing it frees what the system keeps for it. */
export interface SecurityContext extends Disposable {
  /**
   * The next step.
   *
   * @param token What the other side has said; `null` at the beginning.
   * @throws {unknown} the reason of `signal`. The system may need seconds, for it may ask the domain.
   */
  next(token: Uint8Array<ArrayBuffer> | null, signal: AbortSignal): Promise<SecurityStep>;
}

/** Opens an exchange. */
export type OpenSecurityContext = (options: SecurityContextOptions) => SecurityContext;
