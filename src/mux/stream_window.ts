import { MuxError } from "./mux_error.ts";

/** No window is ever larger; keeps sums exact and far from 32 bits. */
const MAXIMUM_CREDIT = 0x7fff_ffff;

/** How many bytes of DATA may still be sent on one stream. Pure arithmetic. */
export class SendWindow {
  #credit: number;
  /** All credit that there has been. */
  #granted: number;

  constructor(credit: number) {
    this.#credit = this.#granted = credit;
  }

  /** Bytes that may be sent now. */
  get credit(): number {
    return this.#credit;
  }

  /** Bytes that have been sent. */
  get total(): number {
    return this.#granted - this.#credit;
  }

  /** Uses up credit; never more than there is. */
  sent(bytes: number): void {
    if (bytes > this.#credit) {
      throw new MuxError("WINDOW_EXCEEDED", `Cannot send ${bytes} bytes: the credit is ${this.#credit}`);
    }
    this.#credit -= bytes;
  }

  /**
   * Adds the credit of a WINDOW frame.
   *
   * @throws {MuxError} `PROTOCOL` for 0 and for more than any window can be.
   */
  granted(bytes: number): void {
    if (bytes === 0 || this.#credit + bytes > MAXIMUM_CREDIT) {
      throw new MuxError("PROTOCOL", `Cannot add ${bytes} bytes of credit: it is ${this.#credit}`);
    }
    this.#granted += bytes;
    this.#credit += bytes;
  }
}

/** How far a {@linkcode ReceiveWindow} may grow. */
export interface WindowGrowth {
  /** Upper bound of the window, in bytes. */
  readonly maximum: number;
  /** Asked before the window grows by `bytes`; says no once all windows together are large enough. */
  mayGrow(bytes: number): boolean;
}

/**
 * How many bytes of DATA the peer may still send on one stream, and when to grant more. Pure arithmetic:
 * at any time credit + bytes not yet consumed + bytes consumed but not yet granted again = size.
 */
export class ReceiveWindow {
  readonly #growth: WindowGrowth;
  #size: number;
  #credit: number;
  /** All credit that the peer has had. */
  #granted: number;
  #buffered = 0;
  #owed = 0;
  /** The sender had no credit left at some time since the last grant. */
  #ranOut = false;

  constructor(size: number, growth: WindowGrowth) {
    this.#size = size;
    this.#credit = this.#granted = size;
    this.#growth = growth;
  }

  /** The whole window: the most that can be buffered. */
  get size(): number {
    return this.#size;
  }

  /** Bytes that the peer may still send. */
  get credit(): number {
    return this.#credit;
  }

  /** Bytes that have arrived and have not been consumed. */
  get buffered(): number {
    return this.#buffered;
  }

  /** Bytes that have arrived. */
  get total(): number {
    return this.#granted - this.#credit;
  }

  /**
   * Counts bytes that came.
   *
   * @throws {MuxError} `WINDOW_EXCEEDED` if the peer had no right to send them.
   */
  arrived(bytes: number): void {
    if (bytes > this.#credit) {
      throw new MuxError("WINDOW_EXCEEDED", `Cannot accept ${bytes} bytes: the credit is ${this.#credit}`);
    }
    this.#credit -= bytes;
    this.#buffered += bytes;
    if (this.#credit === 0) this.#ranOut = true;
  }

  /** Counts bytes that the consumer took; returns what to grant the peer now, often 0. */
  consumed(bytes: number): number {
    this.#buffered -= bytes;
    this.#owed += bytes;
    if (this.#owed * 4 < this.#size) return 0;
    let grant = this.#owed;
    if (this.#ranOut && this.#buffered === 0) grant += this.#grow();
    this.#ranOut = false;
    this.#owed = 0;
    this.#granted += grant;
    this.#credit += grant;
    return grant;
  }

  #grow(): number {
    const extra = Math.min(this.#size, this.#growth.maximum - this.#size);
    if (extra <= 0 || !this.#growth.mayGrow(extra)) return 0;
    this.#size += extra;
    return extra;
  }
}
