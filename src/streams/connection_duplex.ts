import type { Duplex } from "./duplex.ts";
import { allocateWithHeaderRoom } from "./header_room.ts";

/**
 * Sizes of a read. In the smallest one a request's head and most answers fit; the largest one fills a Linux pipe, with the
 * mux's frame header ahead. A full buffer is followed by the next larger one, and by a smaller one once that had room for
 * what came several times: there may be thousands of connections that wait for the next bytes.
 */
const READ_BYTES = [4_088, 16_376, 65_528] as const;
/** Reads in a row: even a download brings a dozen small ones at times, and a new buffer of 64 KiB costs its pages. */
const SMALL_READS = 64;

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
  /** Which of the sizes `#buffer` has. */
  #size = 0;
  /** How many reads in a row the next smaller size had room for. */
  #smallReads = 0;
  #inputEnded = false;
  #writeClosed = false;
  #closed = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  read(): Promise<Uint8Array | null> {
    if (this.#closed) return NO_MORE;
    const buffer = this.#buffer ??= allocateWithHeaderRoom(READ_BYTES[this.#size]!);
    // Each function that awaited the next one would take as long as the runtime needs to begin the read.
    return this.#connection.read(buffer).then(this.#arrived, this.#failed);
  }

  async readInto(buffer: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.#closed) return null;
    const length = await this.#connection.read(buffer).catch(this.#failed);
    this.#inputEnded = length === null;
    return length === null ? null : buffer.subarray(0, length);
  }

  async write(bytes: Uint8Array): Promise<void> {
    let written = await this.#connection.write(bytes);
    while (written < bytes.length) written += await this.#connection.write(bytes.subarray(written));
  }

  async closeWrite(): Promise<void> {
    if (this.#writeClosed || this.#closed) return;
    this.#writeClosed = true;
    // Nothing is left to come: closing says the same, in one call instead of two.
    if (this.#inputEnded) return this.close();
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

  /** Chooses the buffer of the next read by what the last one brought. */
  #chooseSize(length: number): void {
    const size = this.#size;
    const isSmall = size > 0 && length < READ_BYTES[size - 1]!;
    this.#smallReads = isSmall ? this.#smallReads + 1 : 0;
    if (length === READ_BYTES[size] && size < READ_BYTES.length - 1) this.#size++;
    else if (this.#smallReads === SMALL_READS) this.#size--;
    if (this.#size === size) return;
    this.#smallReads = 0;
    this.#buffer = allocateWithHeaderRoom(READ_BYTES[this.#size]!);
  }

  readonly #arrived = (length: number | null): Uint8Array | null => {
    this.#inputEnded = length === null;
    if (length === null) return null;
    const buffer = this.#buffer!;
    this.#chooseSize(length);
    return length === buffer.length ? buffer : buffer.subarray(0, length);
  };

  readonly #failed = (error: unknown): null => {
    if (this.#closed) return null; // close() interrupted it
    throw error;
  };
}

const NO_MORE: Promise<null> = Promise.resolve(null);
