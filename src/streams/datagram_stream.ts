import type { Duplex } from "./duplex.ts";

/** Datagrams over a stream: each is preceded by its length, 2 bytes, big-endian. What UDP can carry fits. */
export const MAXIMUM_DATAGRAM_BYTES = 65_507;
const HEADER_BYTES = 2;

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
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #writing = false;

  constructor(stream: Duplex, options: DatagramStreamOptions) {
    this.#stream = stream;
    this.#options = options;
    this.ended = this.#readAll();
  }

  /** Sends a datagram, or drops it; the caller may use the bytes again at once. */
  send(datagram: Uint8Array): void {
    const size = HEADER_BYTES + datagram.length;
    if (datagram.length > MAXIMUM_DATAGRAM_BYTES) return;
    if (this.#waitingBytes + size > this.#options.waitingBytes) return;
    const frame = new Uint8Array(size);
    frame[0] = datagram.length >> 8;
    frame[1] = datagram.length & 0xff;
    frame.set(datagram, HEADER_BYTES);
    this.#waiting.push(frame);
    this.#waitingBytes += size;
    if (!this.#writing) this.#writeAll();
  }

  /** Ends the stream; what waits is lost. */
  close(): void {
    this.#stream.close();
  }

  async #writeAll(): Promise<void> {
    this.#writing = true;
    try {
      await Promise.resolve(); // what is sent in this turn goes out together
      while (this.#waiting.length > 0) {
        const frames = this.#waiting;
        this.#waiting = [];
        this.#waitingBytes = 0;
        await this.#stream.write(frames.length === 1 ? frames[0]! : concatenate(frames));
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
  #rest: Uint8Array = new Uint8Array(0);

  /** Hands on every datagram that is complete now. */
  push(bytes: Uint8Array, onDatagram: (datagram: Uint8Array) => void): void {
    const all = this.#rest.length === 0 ? bytes : concatenate([this.#rest, bytes]);
    let start = 0;
    while (all.length - start >= HEADER_BYTES) {
      const end = start + HEADER_BYTES + (all[start]! << 8 | all[start + 1]!);
      if (end > all.length) break;
      onDatagram(all.subarray(start + HEADER_BYTES, end));
      start = end;
    }
    this.#rest = all.slice(start); // a copy: the bytes are lent
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
