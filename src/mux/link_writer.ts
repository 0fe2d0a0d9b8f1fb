import { errorText } from "../errors/error_text.ts";
import type { Duplex } from "../streams/duplex.ts";
import { hasHeaderRoom } from "../streams/header_room.ts";
import { FRAME_HEADER_BYTES, type FrameType, NO_BYTES, putDataHeader, putHeader } from "./frame.ts";
import { MuxError } from "./mux_error.ts";
import {
  BATCH_BYTES,
  DIRECT_WRITE_BYTES,
  MAXIMUM_SENT_FRAME_BYTES,
  SHARED_PAYLOAD_BYTES,
} from "./mux_limits.ts";
import type { SendSide } from "./send_side.ts";

const ALONE_PAYLOAD_BYTES = MAXIMUM_SENT_FRAME_BYTES - FRAME_HEADER_BYTES;
/** Not worth a frame of its own at the end of a batch. */
const SMALLEST_CUT_BYTES = 1_024;

/** Options of a {@linkcode LinkWriter}. */
export interface LinkWriterOptions {
  /** Bytes of control frames that may wait. */
  readonly maximumControl: number;
  /** Called once, when the link cannot be written any more or too much control waits. */
  readonly failed: (reason: MuxError) => void;
}

/**
 * Puts frames on the link, one write at a time: control frames first, then one DATA frame of each stream in turn.
 * On an idle link a frame goes out within the call that made it.
 */
export class LinkWriter {
  readonly #link: Pick<Duplex, "write">;
  readonly #options: LinkWriterOptions;
  readonly #batch = new Uint8Array(BATCH_BYTES);
  #control = new Uint8Array(1_024);
  #controlLength = 0;
  /** Ring of streams that have bytes and credit. */
  #head: SendSide | null = null;
  #tail: SendSide | null = null;
  /** Whose bytes the link reads in place just now. */
  #inPlace: SendSide | null = null;
  #writing = false;
  #corked = true;
  #ended = false;
  #idle: PromiseWithResolvers<void> | null = null;

  constructor(link: Pick<Duplex, "write">, options: LinkWriterOptions) {
    this.#link = link;
    this.#options = options;
  }

  /** Holds all frames back, so that those made meanwhile share one write. A new writer is corked. */
  cork(): void {
    this.#corked = true;
  }

  /** Lets frames go, and sends what has gathered. */
  uncork(): void {
    this.#corked = false;
    this.#flush();
  }

  /** Queues bytes that are not a frame: the hello. Ignores the cork. */
  sendFirst(bytes: Uint8Array): void {
    this.#batch.set(bytes);
    this.#write(this.#batch.subarray(0, bytes.length));
  }

  /** Queues a frame ahead of all DATA. */
  sendControl(type: FrameType, id: number, payload: Uint8Array = NO_BYTES): void {
    if (this.#ended) return;
    const end = this.#controlLength + FRAME_HEADER_BYTES + payload.length;
    if (end > this.#options.maximumControl) {
      this.#fail(
        new MuxError(
          "CONTROL_FLOOD",
          `Cannot queue a control frame: ${this.#controlLength} bytes wait for the peer`,
        ),
      );
      return;
    }
    if (end > this.#control.length) this.#growControl(end);
    putHeader(this.#control, this.#controlLength, { type, id, length: payload.length });
    this.#control.set(payload, this.#controlLength + FRAME_HEADER_BYTES);
    this.#controlLength = end;
    this.#flush();
  }

  /** Lets `side` take its turn; it must have bytes and credit. */
  enqueue(side: SendSide): void {
    if (side.enqueued || this.#ended) return;
    this.#append(side);
    this.#flush();
  }

  /** Resolves once everything that was queued has been written, or cannot be. */
  idle(): Promise<void> {
    if (!this.#writing || this.#ended) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  /** Takes and sends nothing more. */
  end(): void {
    this.#ended = true;
    this.#idle?.resolve();
  }

  #flush(): void {
    if (this.#writing || this.#corked || this.#ended) return;
    this.#writing = true; // a FIN that is queued while the batch is put together must not begin another one
    const frames = this.#nextWrite();
    if (frames === null) this.#writing = false;
    else this.#write(frames);
  }

  #nextWrite(): Uint8Array | null {
    let length = this.#takeControl();
    while (this.#head !== null && this.#controlLength === 0) {
      const side = this.#head;
      if (side.sendable === 0) {
        this.#removeHead(); // it failed while it waited for its turn
        continue;
      }
      const inPlace = length === 0 ? this.#frameInPlace(side) : null;
      if (inPlace !== null) return inPlace;
      const end = this.#takeData(side, length);
      if (end === length) break; // the batch is full
      length = end;
      // A FIN that followed the last bytes of a stream goes along if it fits.
      if (this.#controlLength > 0) length = this.#takeControl(length);
    }
    return length === 0 ? null : this.#batch.subarray(0, length);
  }

  #takeControl(at = 0): number {
    if (this.#controlLength === 0) return at;
    const bytes = Math.min(this.#controlLength, BATCH_BYTES - at);
    this.#batch.set(this.#control.subarray(0, bytes), at);
    this.#control.copyWithin(0, bytes, this.#controlLength);
    this.#controlLength -= bytes;
    return at + bytes;
  }

  /** Copies one frame of the stream at the head; returns the batch's new length, the old one if it is full. */
  #takeData(side: SendSide, at: number): number {
    const wanted = Math.min(side.sendable, side.next === null ? ALONE_PAYLOAD_BYTES : SHARED_PAYLOAD_BYTES);
    const bytes = Math.min(wanted, BATCH_BYTES - at - FRAME_HEADER_BYTES);
    if (bytes < Math.min(wanted, SMALLEST_CUT_BYTES)) return at;
    putDataHeader(this.#batch, at, side.id, bytes);
    const pending = side.pending!;
    const from = side.offset;
    this.#batch.set(
      bytes === pending.length ? pending : pending.subarray(from, from + bytes),
      at + FRAME_HEADER_BYTES,
    );
    this.#removeHead();
    if (side.taken(bytes)) this.#append(side);
    return at + FRAME_HEADER_BYTES + bytes;
  }

  /** A large payload with room ahead of it becomes a frame in place, if it may go as a whole. */
  #frameInPlace(side: SendSide): Uint8Array | null {
    const pending = side.pending!;
    if (side.sendable < pending.length || side.next !== null) return null; // cut, or others wait
    if (pending.length < DIRECT_WRITE_BYTES || pending.length > ALONE_PAYLOAD_BYTES) return null;
    if (!hasHeaderRoom(pending)) return null;
    const start = pending.byteOffset - FRAME_HEADER_BYTES;
    const frame = new Uint8Array(pending.buffer, start, FRAME_HEADER_BYTES + pending.length);
    putDataHeader(frame, 0, side.id, pending.length);
    this.#removeHead();
    side.takenInPlace();
    this.#inPlace = side;
    return frame;
  }

  #write(bytes: Uint8Array): void {
    this.#writing = true;
    this.#link.write(bytes).then(this.#written, this.#notWritten);
  }

  readonly #written = (): void => {
    this.#writing = false;
    const landed = this.#inPlace;
    this.#inPlace = null;
    landed?.landed();
    this.#flush();
    if (!this.#writing) {
      this.#idle?.resolve();
      this.#idle = null;
    }
  };

  readonly #notWritten = (cause: unknown): void => {
    const state = errorText(cause);
    this.#fail(new MuxError("LINK_FAILED", `Cannot write to the link: ${state}`, { cause }));
  };

  #fail(reason: MuxError): void {
    if (this.#ended) return;
    this.end();
    this.#options.failed(reason);
  }

  #append(side: SendSide): void {
    side.enqueued = true;
    side.next = null;
    if (this.#tail === null) this.#head = side;
    else this.#tail.next = side;
    this.#tail = side;
  }

  #removeHead(): void {
    const side = this.#head!;
    this.#head = side.next;
    if (this.#head === null) this.#tail = null;
    side.next = null;
    side.enqueued = false;
  }

  #growControl(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, this.#control.length * 2));
    larger.set(this.#control.subarray(0, this.#controlLength));
    this.#control = larger;
  }
}
