/** Room for one connection, until it is released. Releasing it twice does nothing. */
export interface ConnectionShare extends Disposable {
  release(): void;
}

/** One of the limits that apply to a connection, in addition to the total. */
export interface ConnectionClaim {
  /** What the limit applies to, such as one published port. */
  readonly key: string;
  /** Connections that may be open under this key at a time. */
  readonly maximum: number;
}

/** The last part of a budget is for newcomers: one in so many. */
const NEWCOMER_PART = 8;
/** A key with fewer open connections than this is a newcomer. */
const NEWCOMER_CONNECTIONS = 8;

/**
 * Counts connections against a total and against limits of their own. The last eighth of the total is for keys with
 * few connections, so that a few busy ones do not shut out everyone else.
 */
export class ConnectionBudget {
  readonly #counts = new Map<string, number>();
  #open = 0;

  constructor(readonly maximum: number) {}

  get open(): number {
    return this.#open;
  }

  /**
   * Room for a connection; `undefined` if one of its limits is reached.
   *
   * @param claims The first one decides which client is a newcomer.
   */
  take(...claims: readonly ConnectionClaim[]): ConnectionShare | undefined {
    if (this.#open >= this.#totalFor(claims[0])) return undefined;
    if (claims.some(({ key, maximum }) => this.#count(key) >= maximum)) return undefined;
    this.#open++;
    for (const { key } of claims) this.#counts.set(key, this.#count(key) + 1);
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      this.#open--;
      for (const { key } of claims) this.#leave(key);
    };
    return { release, [Symbol.dispose]: release };
  }

  #totalFor(claim: ConnectionClaim | undefined): number {
    if (claim === undefined || this.#count(claim.key) < NEWCOMER_CONNECTIONS) return this.maximum;
    return this.maximum - Math.floor(this.maximum / NEWCOMER_PART);
  }

  #count(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  #leave(key: string): void {
    const count = this.#count(key) - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}
