/** How many things clients may hold at a time. */
export interface SharesLimits {
  readonly perClient: number;
  readonly total: number;
  /** The part of what is free that one client may get. */
  readonly shareOfFree: number;
}

/**
 * Counts what each client holds. The less is free, the less one client may have, so that however many flood, the next
 * one still gets something.
 */
export class ClientShares {
  readonly #limits: SharesLimits;
  readonly #held = new Map<string, number>();
  #total = 0;

  constructor(limits: SharesLimits) {
    this.#limits = limits;
  }

  /** What all clients hold together. */
  get total(): number {
    return this.#total;
  }

  /** One more for the client, to be disposed of; `undefined` if it has its share already. */
  take(client: string): Disposable | undefined {
    const { perClient, total, shareOfFree } = this.#limits;
    const held = this.#held.get(client) ?? 0;
    if (held >= perClient || held >= (total - this.#total) * shareOfFree) return undefined;
    this.#total++;
    this.#held.set(client, held + 1);
    let returned = false;
    return {
      [Symbol.dispose]: () => {
        if (returned) return;
        returned = true;
        this.#giveBack(client);
      },
    };
  }

  #giveBack(client: string): void {
    this.#total--;
    const left = this.#held.get(client)! - 1;
    if (left > 0) this.#held.set(client, left);
    else this.#held.delete(client);
  }
}
