import type { BufferPool, LinkBuffer } from "./buffer_pool.ts";
import { PACKED_PAYLOAD_BYTES } from "./mux_limits.ts";

/** Where small payloads are packed together while the pool has no buffer left. */
const BLOCK_BYTES = 16_384;

/** A first payload up to this size gets a block of its own size: most streams queue one answer, not thousands. */
const TINY_PAYLOAD_BYTES = 2_048;

/** One piece that waits for the consumer. */
interface Piece {
  bytes: Uint8Array;
  /** The pool's buffer that `bytes` is a view on, or `null` for a copy elsewhere. */
  readonly holds: LinkBuffer | null;
  /** For a copy: the whole block, whose rest small payloads may still be added to. */
  readonly block: Uint8Array | null;
}

/**
 * What has arrived on one stream and has not been read. Large payloads stay in the link's read buffer; small ones
 * are packed. The window bounds how much there is.
 */
export class ReceiveQueue {
  readonly #pool: BufferPool;
  #pieces: Piece[] = [];
  /** Index of the first piece; shifting an array would move all others. */
  #first = 0;
  /** Held for the consumer, which may read it until the next call. */
  #lent: LinkBuffer | null = null;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  get isEmpty(): boolean {
    return this.#first === this.#pieces.length;
  }

  /** Lends bytes of the current read buffer to a consumer that is waiting; only while the queue is empty. */
  lend(bytes: Uint8Array): Uint8Array {
    this.#endLoan();
    if (!this.#pool.mayHold()) return bytes.slice();
    this.#lent = this.#pool.hold();
    return bytes;
  }

  /** Keeps bytes of the current read buffer for later. */
  push(bytes: Uint8Array): void {
    if (bytes.length <= PACKED_PAYLOAD_BYTES) this.#pack(bytes);
    else if (this.#pool.mayHold()) this.#pieces.push({ bytes, holds: this.#pool.hold(), block: null });
    else this.#pieces.push({ bytes: bytes.slice(), holds: null, block: null });
  }

  /** The next bytes for the consumer, lent until the next call; `null` if there are none. */
  shift(): Uint8Array | null {
    this.#endLoan();
    if (this.isEmpty) return null;
    const piece = this.#pieces[this.#first++]!;
    if (this.isEmpty) {
      this.#pieces = [];
      this.#first = 0;
    } else if (this.#first === 1_024) {
      this.#pieces.splice(0, this.#first);
      this.#first = 0;
    }
    this.#lent = piece.holds;
    return piece.bytes;
  }

  /** Drops everything. Bytes that are lent stay as they are: a consumer may be writing them to a client just now. */
  clear(): void {
    if (this.#lent !== null) this.#pool.abandon(this.#lent);
    this.#lent = null;
    for (; this.#first < this.#pieces.length; this.#first++) {
      const { holds } = this.#pieces[this.#first]!;
      if (holds !== null) this.#pool.release(holds);
    }
    this.#pieces = [];
    this.#first = 0;
  }

  #pack(bytes: Uint8Array): void {
    const last = this.isEmpty ? undefined : this.#pieces[this.#pieces.length - 1]!;
    const length = last?.bytes.length ?? 0;
    if (last?.block && length + bytes.length <= last.block.length) {
      last.block.set(bytes, length);
      last.bytes = last.block.subarray(0, length + bytes.length);
      return;
    }
    const { holds, block } = this.#newBlock(bytes.length, last === undefined);
    block.set(bytes);
    this.#pieces.push({ bytes: block.subarray(0, bytes.length), holds, block });
  }

  #newBlock(length: number, first: boolean): { holds: LinkBuffer | null; block: Uint8Array } {
    if (first && length <= TINY_PAYLOAD_BYTES) {
      return { holds: null, block: new Uint8Array(Math.max(256, length)) };
    }
    const holds = this.#pool.take();
    return { holds, block: holds?.bytes ?? new Uint8Array(Math.max(length, first ? length : BLOCK_BYTES)) };
  }

  #endLoan(): void {
    if (this.#lent !== null) this.#pool.release(this.#lent);
    this.#lent = null;
  }
}
