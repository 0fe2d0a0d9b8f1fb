import type { ClientConnection, Listener } from "../../platform/listener.ts";

/** Docker clients that come by another way than a socket of the machine, as a listener like any other. */
export class ClientQueue implements Listener {
  readonly #arrived: ClientConnection[] = [];
  #waiting: ((client: ClientConnection | null) => void) | undefined;
  #closed = false;

  constructor(readonly address: string) {}

  get closed(): boolean {
    return this.#closed;
  }

  /** One call at a time. */
  accept(): Promise<ClientConnection | null> {
    const client = this.#arrived.shift();
    if (client !== undefined || this.#closed) return Promise.resolve(client ?? null);
    return new Promise((resolve) => this.#waiting = resolve);
  }

  close(): void {
    this.#closed = true;
    for (const client of this.#arrived.splice(0)) client.close();
    this.#answer(null);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Hands a client to the next call of `accept()`. Not after the queue was closed. */
  protected push(client: ClientConnection): void {
    if (this.#waiting === undefined) this.#arrived.push(client);
    else this.#answer(client);
  }

  #answer(client: ClientConnection | null): void {
    this.#waiting?.(client);
    this.#waiting = undefined;
  }
}
