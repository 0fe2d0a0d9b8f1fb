import { createHash, randomBytes } from "node:crypto";
import { API_LIMITS } from "./api_limits.ts";

/** Bytes of randomness in a code and in a session: as many as make guessing pointless for good. */
const SECRET_BYTES = 32;

/**
 * Secrets that are known for a time. Only their digests are kept, so that looking one up takes a time that says
 * nothing about it. Past `capacity` the oldest is forgotten.
 */
class SecretBook {
  readonly #expiry = new Map<string, number>();

  constructor(
    private readonly milliseconds: number,
    private readonly capacity: number,
    private readonly now: () => number,
  ) {}

  create(): string {
    const secret = randomBytes(SECRET_BYTES).toString("hex");
    this.#keep(digest(secret));
    const [oldest] = this.#expiry.keys();
    if (this.#expiry.size > this.capacity && oldest !== undefined) this.#expiry.delete(oldest);
    return secret;
  }

  /** Whether the secret is known; it then counts from now. */
  renew(secret: string): boolean {
    const known = this.remove(secret);
    if (known) this.#keep(digest(secret));
    return known;
  }

  /** Whether the secret was known; it no longer is. */
  remove(secret: string): boolean {
    const key = digest(secret);
    const expiry = this.#expiry.get(key);
    this.#expiry.delete(key);
    return expiry !== undefined && this.now() < expiry;
  }

  #keep(key: string): void {
    this.#expiry.set(key, this.now() + this.milliseconds);
  }
}

function digest(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/**
 * How a browser gets in without the token: a code in the address, good once and for a minute, becomes a session
 * in a cookie. All of it is in memory and ends with the host.
 */
export class PageSessions {
  readonly #codes: SecretBook;
  readonly #sessions: SecretBook;

  /** @param now The clock in milliseconds; replaced in tests. */
  constructor(now: () => number = Date.now) {
    const { pageCodeMilliseconds, pageCodes, pageSessionMilliseconds, pageSessions } = API_LIMITS;
    this.#codes = new SecretBook(pageCodeMilliseconds, pageCodes, now);
    this.#sessions = new SecretBook(pageSessionMilliseconds, pageSessions, now);
  }

  /** A new code for an address. */
  createCode(): string {
    return this.#codes.create();
  }

  /** The session that the code is good for, once. */
  redeem(code: string): string | undefined {
    return this.#codes.remove(code) ? this.#sessions.create() : undefined;
  }

  /** Whether the session is one of ours; it lasts on from now. */
  isOpen(session: string): boolean {
    return this.#sessions.renew(session);
  }
}
