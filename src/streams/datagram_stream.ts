import type { Duplex } from "./duplex.ts";

/** Datagrams over a stream: each is preceded by its length, 2 bytes, big-endian. What UDP can carry fits. */
export const MAXIMUM_DATAGRAM_BYTES = 65_507;
const HEADER_BYTES = 2;
/** Frames are put together in a buffer of this size at first: some datagrams of the usual size. */
const FIRST_BUFFER_BYTES = 4_096;
/** Larger buffers are not kept for the next frames. */
const KEPT_BUFFER_BYTES = 65_536;
const NO_BYTES = new Uint8Array(0);

/** How datagrams are exchanged over a stream. */
export interface DatagramStreamOptions {
  /** Called with each datagram of the peer; the bytes are lent until it returns. */
  readonly onDatagram: (datagram: Uint8Array) => void;
  /** Bytes that may wait to be written; beyond, datagrams are dropped, as a network drops them. */
  readonly waitingBytes: number;
}

/**
 * Sends and receives datagrams over a stream, and owns it. Nobody waits for a peer that does not read.
 *
 * @example
 * ```ts
 * const datagrams = new DatagramStream(stream, { onDatagram: (bytes) => socket.send(bytes), waitingBytes: 65_536 });
 * datagrams.send(new Uint8Array([1, 2, 3]));
 * ```
 */
export class DatagramStream {
  /** Resolves when the stream has ended, for whatever reason. Never rejects. */
  readonly ended: Promise<void>;
  readonly #stream: Duplex;
  readonly #options: DatagramStreamOptions;
  /** Frames that wait, and how much of it is used. */
  #waiting: Uint8Array = NO_BYTES;
  #waitingBytes = 0;
  /** The buffer that the last write has left, for the next frames. */
  #spare: Uint8Array = NO_BYTES;
  #writing = false;

  constructor(stream: Duplex, options: DatagramStreamOptions) {
    this.#stream = stream;
    this.#options = options;
    this.ended = this.#readAll();
  }

  /** Sends a datagram, or drops it; the caller may use the bytes again at once. */
  send(datagram: Uint8Array): void {
    const { length } = datagram;
    const start = this.#waitingBytes;
    const end = start + HEADER_BYTES + length;
    if (length > MAXIMUM_DATAGRAM_BYTES || end > this.#options.waitingBytes) return;
    if (end > this.#waiting.length) this.#grow(end);
    this.#waiting[start] = length >> 8;
    this.#waiting[start + 1] = length & 0xff;
    this.#waiting.set(datagram, start + HEADER_BYTES);
    this.#waitingBytes = end;
    if (!this.#writing) this.#writeAll();
  }

  /** Ends the stream; what waits is lost. */
  close(): void {
    this.#stream.close();
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, 2 * this.#waiting.length, FIRST_BUFFER_BYTES));
    larger.set(this.#waiting.subarray(0, this.#waitingBytes));
    this.#waiting = larger;
  }

  async #writeAll(): Promise<void> {
    this.#writing = true;
    try {
      await Promise.resolve(); // what is sent in this turn goes out together
      while (this.#waitingBytes > 0) {
        const full = this.#waiting;
        const bytes = full.subarray(0, this.#waitingBytes);
        this.#waiting = this.#spare;
        this.#spare = NO_BYTES;
        this.#waitingBytes = 0;
        await this.#stream.write(bytes);
        // A burst must not make every client that has had one hold much.
        if (full.length <= KEPT_BUFFER_BYTES) this.#spare = full;
      }
      this.#writing = false;
    } catch {
      // The reading side sees the end of the stream. `#writing` stays: nothing more is to be written.
    }
  }

  async #readAll(): Promise<void> {
    const splitter = new DatagramSplitter();
    try {
      for (let bytes = await this.#stream.read(); bytes !== null; bytes = await this.#stream.read()) {
        splitter.push(bytes, this.#options.onDatagram);
      }
    } catch {
      // A broken stream is an ended one: datagrams may be lost.
    } finally {
      this.#stream.close();
    }
  }
}

/** Takes a stream of bytes apart into datagrams, wherever it is cut. */
export class DatagramSplitter {
  #rest: Uint8Array = NO_BYTES;

  /** Hands on every datagram that is complete now. */
  push(bytes: Uint8Array, onDatagram: (datagram: Uint8Array) => void): void {
    const all = this.#rest.length === 0 ? bytes : joined(this.#rest, bytes);
    let start = 0;
    while (all.length - start >= HEADER_BYTES) {
      const end = start + HEADER_BYTES + (all[start]! << 8 | all[start + 1]!);
      if (end > all.length) break;
      onDatagram(all.subarray(start + HEADER_BYTES, end));
      start = end;
    }
    this.#rest = start === all.length ? NO_BYTES : all.slice(start); // a copy: the bytes are lent
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
