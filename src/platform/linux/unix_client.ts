import { connectionDuplex } from "../../streams/connection_duplex.ts";
import type { Duplex } from "../../streams/duplex.ts";
import type { ClientConnection } from "../listener.ts";

const NO_BYTES = new Uint8Array(0);

/**
 * Wraps an accepted unix connection and owns it.
 *
 * A unix client that dies looks to a reader like one that has closed its own direction only. A write distinguishes
 * them, even one without bytes: nothing is sent, but the kernel refuses it once nobody can receive.
 */
export function unixClient(connection: Deno.UnixConn): ClientConnection {
  return new UnixClient(connection);
}

class UnixClient implements ClientConnection {
  readonly #duplex: Duplex;
  #closed = false;
  #looking: Promise<boolean> | undefined;

  constructor(private readonly connection: Deno.UnixConn) {
    this.#duplex = connectionDuplex(connection);
  }

  read(): Promise<Uint8Array | null> {
    return this.#duplex.read();
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#duplex.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#duplex.closeWrite();
  }

  close(): void {
    this.#closed = true;
    this.#duplex.close();
  }

  /** After our own `closeWrite()` this is always true: nothing more could be written. */
  isGone(): Promise<boolean> {
    if (this.#closed) return Promise.resolve(true);
    // Behind a write that waits for the client to read, the check waits too; one at a time is enough.
    this.#looking ??= this.#look().finally(() => this.#looking = undefined);
    return this.#looking;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #look(): Promise<boolean> {
    try {
      await this.connection.write(NO_BYTES);
      return false;
    } catch {
      return true;
    }
  }
}
