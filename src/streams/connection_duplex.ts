import type { Duplex } from "./duplex.ts";
import { allocateWithHeaderRoom } from "./header_room.ts";

/** One read: with the mux's frame header ahead it fills a Linux pipe exactly. */
const READ_BYTES = 65_528;
/** The first reads of a connection: a request's head and most answers fit, and idle connections stay cheap. */
const FIRST_READ_BYTES = 4_088;

/** The part of `Deno.Conn` that is used. */
export type Connection = Pick<Deno.Conn, "read" | "write" | "closeWrite" | "close">;

/**
 * Wraps a TCP or unix connection and owns it. What `read()` returns has room for a frame header ahead, so the mux
 * sends it without copying.
 *
 * @example
 * ```ts
 * using socket = connectionDuplex(await Deno.connect({ transport: "unix", path: "/run/docker.sock" }));
 * ```
 */
export function connectionDuplex(connection: Connection): Duplex {
  return new ConnectionDuplex(connection);
}

class ConnectionDuplex implements Duplex {
  readonly #connection: Connection;
  #buffer: Uint8Array<ArrayBuffer> | null = null;
  #writeClosed = false;
  #closed = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#closed) return null;
    const buffer = this.#buffer ??= allocateWithHeaderRoom(FIRST_READ_BYTES);
    const length = await this.#readInto(buffer);
    if (length === null) return null;
    if (length === buffer.length && length < READ_BYTES) this.#buffer = allocateWithHeaderRoom(READ_BYTES);
    return length === buffer.length ? buffer : buffer.subarray(0, length);
  }

  async readInto(buffer: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.#closed) return null;
    const length = await this.#readInto(buffer);
    return length === null ? null : buffer.subarray(0, length);
  }

  async write(bytes: Uint8Array): Promise<void> {
    let written = await this.#connection.write(bytes);
    while (written < bytes.length) written += await this.#connection.write(bytes.subarray(written));
  }

  async closeWrite(): Promise<void> {
    if (this.#writeClosed || this.#closed) return;
    this.#writeClosed = true;
    try {
      await this.#connection.closeWrite();
    } catch (error) {
      // The peer has closed everything: there is no direction left to close.
      if (!(error instanceof Deno.errors.NotConnected)) throw error;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #readInto(buffer: Uint8Array): Promise<number | null> {
    try {
      return await this.#connection.read(buffer);
    } catch (error) {
      if (this.#closed) return null; // close() interrupted it
      throw error;
    }
  }
}
