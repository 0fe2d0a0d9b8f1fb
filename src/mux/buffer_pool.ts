import { LINK_READ_BYTES, MAXIMUM_HELD_BUFFERS, MAXIMUM_SPARE_BUFFERS } from "./mux_limits.ts";

/** One read buffer of the link; streams that still show a part of it to their consumer hold it. */
export class LinkBuffer {
  /** Replaced by the link's reader where that transfers buffers. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(LINK_READ_BYTES);
  holders = 0;
  /** Its bytes may be in use for an unknown time: it must not be read into again. */
  abandoned = false;
}

/**
 * The read buffers of one link. Payloads are passed to streams as views, without a copy, while few buffers are
 * held; once {@linkcode MAXIMUM_HELD_BUFFERS} are, {@linkcode mayHold} says no and payloads are copied out.
 */
export class BufferPool {
  readonly #spare: LinkBuffer[] = [];
  #current: LinkBuffer = new LinkBuffer();
  #held = 0;

  /** The buffer of the chunk that is being taken apart. */
  get current(): LinkBuffer {
    return this.#current;
  }

  /** A buffer for the next read, which nobody holds. */
  next(): LinkBuffer {
    if (this.#current.holders > 0 || this.#current.abandoned) {
      this.#current = this.#spare.pop() ?? new LinkBuffer();
    }
    return this.#current;
  }

  /** Whether a view on the current buffer may be kept; if not, copy. */
  mayHold(): boolean {
    return this.#current.holders > 0 || this.#held < MAXIMUM_HELD_BUFFERS;
  }

  /** Keeps the current buffer from being read into. */
  hold(): LinkBuffer {
    if (this.#current.holders++ === 0) this.#held++;
    return this.#current;
  }

  /** A buffer to copy small payloads into, held; `null` while too many are. */
  take(): LinkBuffer | null {
    if (this.#held >= MAXIMUM_HELD_BUFFERS) return null;
    const buffer = this.#spare.pop() ?? new LinkBuffer();
    buffer.holders = 1;
    this.#held++;
    return buffer;
  }

  /** Ends one hold of a buffer whose bytes may still be in use; it is left to the garbage collector. */
  abandon(buffer: LinkBuffer): void {
    buffer.abandoned = true;
    this.release(buffer);
  }

  /** Ends one hold. */
  release(buffer: LinkBuffer): void {
    if (--buffer.holders > 0) return;
    this.#held--;
    if (buffer.abandoned || buffer === this.#current || this.#spare.length === MAXIMUM_SPARE_BUFFERS) return;
    // A link without `readInto` brings buffers of other sizes.
    if (buffer.bytes.length === LINK_READ_BYTES) this.#spare.push(buffer);
  }
}
