import { MuxError } from "./mux_error.ts";
import type { SendWindow } from "./stream_window.ts";

/** The part of the link's writer that a {@linkcode SendSide} uses. */
export interface SendScheduler {
  /** `side` has bytes and credit: let it take its turn. */
  enqueue(side: SendSide): void;
  /** All bytes of `side` are ahead: send its FIN. */
  finish(side: SendSide): void;
}

/** The sending direction of one stream: at most one write, then FIN. The writer takes the bytes when it is its turn. */
export class SendSide {
  /** Links for the writer's ring. */
  next: SendSide | null = null;
  enqueued = false;
  /** The bytes of the write that is under way, lent by the caller. */
  pending: Uint8Array | null = null;
  /** How much of `pending` has been taken. */
  offset = 0;

  #resolve: (() => void) | null = null;
  #reject: ((reason: MuxError) => void) | null = null;
  #failure: MuxError | null = null;
  #fin: "open" | "wanted" | "sent" = "open";
  #finSent: PromiseWithResolvers<void> | null = null;
  #inFlight = false;
  #failedInFlight: MuxError | null = null;

  constructor(readonly id: number, readonly window: SendWindow, private readonly scheduler: SendScheduler) {}

  /** Whether the FIN has been handed to the writer. */
  get finished(): boolean {
    return this.#fin === "sent";
  }

  /** Bytes of the present write that have not gone out. */
  get queued(): number {
    return this.pending === null ? 0 : this.pending.length - this.offset;
  }

  /** Bytes that could go out now; 0 once the direction has failed. */
  get sendable(): number {
    return this.pending === null ? 0 : Math.min(this.pending.length - this.offset, this.window.credit);
  }

  /** See {@linkcode Duplex.write}. */
  write(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.#fin !== "open") return this.#refuse("WRITE_CLOSED", "closeWrite() was called");
    if (this.pending !== null) return this.#refuse("MISUSE", "another write is under way");
    if (bytes.length === 0) return RESOLVED;
    this.pending = bytes;
    this.offset = 0;
    if (this.window.credit > 0) this.scheduler.enqueue(this);
    // On a link that is idle the bytes have been copied into its batch by now.
    if (this.pending === null) return this.#failure === null ? RESOLVED : Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** See {@linkcode Duplex.closeWrite}; resolves once FIN is on its way. */
  closeWrite(): Promise<void> {
    if (this.#fin === "sent") return RESOLVED;
    if (this.#failure !== null) return Promise.reject(this.#failure);
    this.#fin = "wanted";
    if (this.pending === null) {
      this.#sendFin();
      return RESOLVED;
    }
    this.#finSent ??= Promise.withResolvers();
    return this.#finSent.promise;
  }

  /** Adds credit; may send at once. */
  granted(bytes: number): void {
    this.window.granted(bytes);
    if (this.pending !== null && !this.#inFlight && this.#failure === null) this.scheduler.enqueue(this);
  }

  /** The writer has copied `bytes` of `pending`. Returns whether more can be taken. */
  taken(bytes: number): boolean {
    this.window.sent(bytes);
    this.offset += bytes;
    if (this.offset < this.pending!.length) return this.window.credit > 0;
    this.#written();
    return false;
  }

  /** The writer sends the whole of `pending` in place; `landed` follows. */
  takenInPlace(): void {
    this.window.sent(this.pending!.length);
    this.#inFlight = true;
  }

  /** The link has taken what `takenInPlace` announced. */
  landed(): void {
    this.#inFlight = false;
    if (this.#failedInFlight !== null) this.#rejectAll(this.#failedInFlight);
    else if (this.#failure === null) this.#written();
  }

  /**
   * Ends the direction. Bytes that the link is reading just now stay lent until it has them, unless the session
   * itself is over (`atOnce`): else the caller could change them beneath a frame that the peer still delivers.
   */
  fail(reason: MuxError, atOnce: boolean): void {
    this.#failure ??= reason;
    if (this.#inFlight && !atOnce) this.#failedInFlight ??= this.#failure;
    else this.#rejectAll(this.#failure);
  }

  #written(): void {
    this.pending = null;
    const resolve = this.#resolve;
    this.#resolve = null;
    this.#reject = null;
    if (this.#fin === "wanted") this.#sendFin();
    resolve?.();
  }

  #sendFin(): void {
    this.#fin = "sent";
    this.scheduler.finish(this);
    this.#finSent?.resolve();
  }

  #rejectAll(reason: MuxError): void {
    this.pending = null;
    this.#reject?.(reason);
    this.#resolve = null;
    this.#reject = null;
    this.#finSent?.reject(reason);
    this.#finSent = null;
  }

  #refuse(code: "WRITE_CLOSED" | "MISUSE", state: string): Promise<never> {
    return Promise.reject(new MuxError(code, `Cannot write to stream ${this.id}: ${state}`));
  }
}

const RESOLVED: Promise<void> = Promise.resolve();
