import { headEnd } from "./http_head.ts";

const FIRST_CAPACITY = 1024;
const NOTHING = new Uint8Array(0);
/** The end of a head may begin in the last bytes of one read and be complete with the next. */
const HEAD_END_OVERLAP = 2;

/** Bytes kept back until more have come: a growing array that copies each byte a bounded number of times. */
export class HeldBytes {
  #storage = NOTHING;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** All bytes held; valid until the next call. */
  get bytes(): Uint8Array {
    return this.#storage.subarray(0, this.#length);
  }

  /** Copies `bytes` to the end. */
  append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#storage.length) {
      const larger = new Uint8Array(Math.max(needed, this.#storage.length * 2, FIRST_CAPACITY));
      larger.set(this.bytes);
      this.#storage = larger;
    }
    this.#storage.set(bytes, this.#length);
    this.#length = needed;
  }

  /**
   * Adds to the part of a head that is held; returns whether it is complete now. Only what is new is searched, so that
   * a head in many pieces costs no more than one in few.
   */
  appendToHead(bytes: Uint8Array): boolean {
    const from = Math.max(0, this.#length - HEAD_END_OVERLAP);
    this.append(bytes);
    return headEnd(this.bytes, from) >= 0;
  }

  /** Hands over all bytes and holds none. */
  take(): Uint8Array {
    const taken = this.bytes;
    this.#storage = NOTHING;
    this.#length = 0;
    return taken;
  }
}
