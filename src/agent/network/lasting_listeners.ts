import type { NetworkListener } from "../protocol/stream_target.ts";

/**
 * What is there for the second time stays for a while; dockerd's own sockets come and go around a port. Pure.
 *
 * @example
 * ```ts
 * const listeners = new LastingListeners();
 * listeners.next([web]); // undefined
 * listeners.next([web]); // [web]
 * listeners.next([web]); // undefined
 * ```
 */
export class LastingListeners {
  /** All that were found last, and their names. */
  #found = "[]";
  #names: ReadonlySet<string> = new Set();
  #reported = "[]";

  /** Takes what is found now; returns the listeners that last, if these are not the same as before. */
  next(found: readonly NetworkListener[]): readonly NetworkListener[] | undefined {
    const text = JSON.stringify(found);
    const isSame = text === this.#found;
    if (isSame && text === this.#reported) return undefined; // nearly always
    const lasting = isSame ? found : found.filter((each) => this.#names.has(nameOf(each)));
    this.#found = text;
    this.#names = new Set(found.map(nameOf));
    const lastingText = JSON.stringify(lasting);
    if (lastingText === this.#reported) return undefined;
    this.#reported = lastingText;
    return lasting;
  }
}

function nameOf({ protocol, address, port }: NetworkListener): string {
  return `${protocol} ${address} ${port}`;
}
