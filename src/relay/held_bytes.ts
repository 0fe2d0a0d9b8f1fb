const FIRST_CAPACITY = 1024;

/** Bytes kept back until more have come: a growing array that copies each byte a bounded number of times. */
export class HeldBytes {
  #storage = new Uint8Array(0);
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

  /** Hands over all bytes and holds none. */
  take(): Uint8Array {
    const taken = this.bytes;
    this.#storage = new Uint8Array(0);
    this.#length = 0;
    return taken;
  }
}
