import { allocateWithHeaderRoom } from "../../../streams/header_room.ts";

/**
 * Buffers of one size that are used again, whichever connection had them. Left to the garbage collector, which lets
 * 64 MB of them come together, they made the process so much larger.
 */
export class PipeBuffers {
  readonly #free: Uint8Array<ArrayBuffer>[] = [];

  /** @param keep how many may lie unused */
  constructor(readonly length: number, private readonly keep: number) {}

  /** One with room for a frame header ahead. What is in it is of no account. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#free.pop() ?? allocateWithHeaderRoom(this.length);
  }

  /** Takes one back that neither a caller nor the kernel has; others than those of this size are left to the collector. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    if (buffer.length === this.length && this.#free.length < this.keep) this.#free.push(buffer);
  }
}

/** A request's head and most answers fit, and idle connections stay cheap. A megabyte is kept. */
export const SMALL_BUFFERS = new PipeBuffers(4_088, 256);
/** With the mux's frame header ahead, what a Linux pipe holds. Two megabytes are kept. */
export const LARGE_BUFFERS = new PipeBuffers(65_528, 32);
