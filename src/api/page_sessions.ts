import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { API_LIMITS } from "./api_limits.ts";

/** Random bytes in a code and in a session: too many to guess. */
const SECRET_BYTES = 32;

/**
 * Secrets that expire. Only their digests are kept, so that the duration of a lookup reveals nothing about a secret.
 * Beyond `capacity`, the oldest is dropped.
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

  /** Whether the secret is valid; if so, its time starts over. */
  renew(secret: string): boolean {
    const known = this.remove(secret);
    if (known) this.#keep(digest(secret));
    return known;
  }

  /** Removes the secret; returns whether it was valid. */
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
 * Admits a browser without the token: a code in the address, valid once and for a minute, is exchanged for a session
 * in a cookie and for a key. Browsers send the cookie to every port of the machine, including those of containers;
 * the key is stored by the page's origin, which no other port shares. Everything is in memory and ends with the host.
 */
export class PageSessions {
  readonly #codes: SecretBook;
  readonly #sessions: SecretBook;
  readonly #keySecret = randomBytes(SECRET_BYTES);

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

  /** Exchanges a code for a new session, once; `undefined` if the code is not valid. */
  redeem(code: string): string | undefined {
    return this.#codes.remove(code) ? this.#sessions.create() : undefined;
  }

  /** Whether the session is valid; if so, its time starts over. */
  isOpen(session: string): boolean {
    return this.#sessions.renew(session);
  }

  /** The key of a session; it cannot be derived from the session alone. */
  keyOf(session: string): string {
    return createHmac("sha256", this.#keySecret).update(session).digest("hex");
  }

  /** Whether the key belongs to the session. */
  isKeyOf(session: string, key: string): boolean {
    return timingSafeEqual(
      createHash("sha256").update(key).digest(),
      createHash("sha256").update(this.keyOf(session)).digest(),
    );
  }
}
