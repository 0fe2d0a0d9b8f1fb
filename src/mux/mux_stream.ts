import type { Duplex } from "../streams/duplex.ts";
import type { BufferPool } from "./buffer_pool.ts";
import { encodeText, encodeUint32, FRAME_TYPE } from "./frame.ts";
import type { LinkWriter } from "./link_writer.ts";
import { MuxError } from "./mux_error.ts";
import { ReceiveQueue } from "./receive_queue.ts";
import { SendSide } from "./send_side.ts";
import { ReceiveWindow, SendWindow } from "./stream_window.ts";

/** One stream of a session; to its user a {@linkcode Duplex} like any other. */
export interface MuxStream extends Duplex {
  readonly id: number;
  readonly target: string;
  /** Ends both directions as broken: the peer's reads and writes fail with `reason`. Repeating it does nothing. */
  reset(reason: string): void;
  /**
   * Aborted as soon as the peer has closed or reset the whole stream or the session has ended. What had arrived
   * by then of a stream that the peer *closed* can still be read.
   */
  readonly gone: AbortSignal;
}

/** One stream at one moment. */
export interface StreamReport {
  readonly id: number;
  readonly target: string;
  readonly ageMs: number;
  /** Bytes of the present write that wait for credit or for the link. */
  readonly queuedBytes: number;
  /** Bytes that may still be sent before the peer grants more. */
  readonly sendCredit: number;
  readonly sentBytes: number;
  /** The whole window: the most that the peer may have on the way to our consumer. */
  readonly receiveWindow: number;
  /** Bytes that have arrived and that our consumer has not taken. */
  readonly bufferedBytes: number;
  readonly receivedBytes: number;
  /** Our direction has ended. */
  readonly sendClosed: boolean;
  /** The peer's direction has ended. */
  readonly receiveClosed: boolean;
}

/** The part of its session that a stream uses. */
export interface StreamHome {
  readonly writer: LinkWriter;
  readonly pool: BufferPool;
  /** The stream needs no more frames. */
  forget(stream: SessionStream): void;
  /** See {@linkcode WindowGrowth.mayGrow}; counts the bytes if it says yes. */
  mayGrow(bytes: number): boolean;
}

/** Sizes of a new stream. */
export interface StreamSizes {
  readonly sendCredit: number;
  readonly initialWindow: number;
  readonly maximumWindow: number;
}

/** {@linkcode MuxStream} with the side that its session sees. */
export class SessionStream implements MuxStream {
  readonly #home: StreamHome;
  readonly #since = Date.now();
  readonly #queue: ReceiveQueue;
  readonly #receiveWindow: ReceiveWindow;
  readonly #send: SendSide;
  /** The consumer that waits in read(). */
  #waiting: { resolve(bytes: Uint8Array | null): void; reject(reason: MuxError): void } | null = null;
  #endOfInput = false;
  /** What read() rejects with, once the queue is of no use any more. */
  #failure: MuxError | null = null;
  #closed = false;
  #gone: AbortController | null = null;
  #goneReason: MuxError | null = null;

  constructor(readonly id: number, readonly target: string, home: StreamHome, sizes: StreamSizes) {
    this.#home = home;
    this.#queue = new ReceiveQueue(home.pool);
    this.#receiveWindow = new ReceiveWindow(sizes.initialWindow, {
      maximum: sizes.maximumWindow,
      mayGrow: (bytes) => home.mayGrow(bytes),
    });
    this.#send = new SendSide(id, new SendWindow(sizes.sendCredit), {
      enqueue: (side) => home.writer.enqueue(side),
      finish: () => {
        home.writer.sendControl(FRAME_TYPE.FIN, id);
        if (this.#endOfInput) this.#leave();
      },
    });
  }

  /** Made at the first use: most streams never need it. */
  get gone(): AbortSignal {
    this.#gone ??= new AbortController();
    if (this.#goneReason !== null && !this.#gone.signal.aborted) this.#gone.abort(this.#goneReason);
    return this.#gone.signal;
  }

  /** Bytes of the session's total that this stream's window takes. */
  get windowSize(): number {
    return this.#receiveWindow.size;
  }

  report(now: number): StreamReport {
    return {
      id: this.id,
      target: this.target,
      ageMs: now - this.#since,
      queuedBytes: this.#send.queued,
      sendCredit: this.#send.window.credit,
      sentBytes: this.#send.window.total,
      receiveWindow: this.#receiveWindow.size,
      bufferedBytes: this.#receiveWindow.buffered,
      receivedBytes: this.#receiveWindow.total,
      sendClosed: this.#send.finished,
      receiveClosed: this.#endOfInput,
    };
  }

  read(): Promise<Uint8Array | null> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.#waiting !== null) {
      return Promise.reject(
        new MuxError("MISUSE", `Cannot read from stream ${this.id}: another read is under way`),
      );
    }
    const bytes = this.#queue.shift();
    if (bytes !== null) {
      this.#consumed(bytes.length);
      return Promise.resolve(bytes);
    }
    if (this.#endOfInput) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#send.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#closed ? Promise.resolve() : this.#send.closeWrite();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // How most streams end: nobody waits any more, and an error with its stack would be for nobody.
    if (this.#endOfInput && this.#send.finished) return this.#queue.clear();
    const over = this.#isOver();
    this.#stop(
      new MuxError("CLOSED", `Cannot use stream ${this.id} to '${this.target}': it was closed here`),
      false,
    );
    if (!over) this.#home.writer.sendControl(FRAME_TYPE.CLOSE, this.id);
  }

  reset(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    const over = this.#isOver();
    this.#stop(this.#error("RESET", `it was reset here: ${reason}`, reason), false);
    if (!over) this.#home.writer.sendControl(FRAME_TYPE.RESET, this.id, encodeText(reason));
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** DATA came. @throws {MuxError} `WINDOW_EXCEEDED`; `PROTOCOL` after FIN. */
  arrived(bytes: Uint8Array): void {
    if (this.#endOfInput) throw new MuxError("PROTOCOL", `Cannot accept DATA: stream ${this.id} had its FIN`);
    this.#receiveWindow.arrived(bytes.length);
    const waiting = this.#waiting;
    if (waiting === null) {
      this.#queue.push(bytes);
      return;
    }
    this.#waiting = null;
    this.#consumed(bytes.length);
    waiting.resolve(this.#queue.lend(bytes));
  }

  /** WINDOW came. @throws {MuxError} `PROTOCOL` for a number that cannot be. */
  granted(bytes: number): void {
    this.#send.granted(bytes);
  }

  /** FIN came. @throws {MuxError} `PROTOCOL` for a second one. */
  finished(): void {
    if (this.#endOfInput) throw new MuxError("PROTOCOL", `Cannot accept FIN: stream ${this.id} had one`);
    this.#endInput();
    if (this.#send.finished) this.#leave();
  }

  /** CLOSE came: what has arrived can still be read. */
  peerClosed(): void {
    const reason = this.#error("PEER_CLOSED", "the peer closed it");
    this.#send.fail(reason, false);
    this.#leave();
    this.#endInput();
    this.#setGone(reason);
  }

  /** REFUSE or RESET came. */
  peerBroke(code: "REFUSED" | "RESET", detail: string): void {
    const verb = code === "REFUSED" ? "refused" : "reset";
    this.#stop(this.#error(code, `the peer ${verb} it: ${detail}`, detail), false);
  }

  /** The session is over. */
  sessionEnded(reason: MuxError): void {
    this.#stop(reason, true);
  }

  #isOver(): boolean {
    return this.#failure !== null || this.#goneReason !== null || (this.#endOfInput && this.#send.finished);
  }

  #endInput(): void {
    this.#endOfInput = true;
    this.#waiting?.resolve(null);
    this.#waiting = null;
  }

  #stop(reason: MuxError, atOnce: boolean): void {
    this.#failure ??= reason;
    this.#send.fail(reason, atOnce);
    this.#queue.clear();
    this.#waiting?.reject(this.#failure);
    this.#waiting = null;
    this.#leave();
    this.#setGone(reason);
  }

  #leave(): void {
    this.#home.forget(this);
  }

  #setGone(reason: MuxError): void {
    this.#goneReason ??= reason;
    this.#gone?.abort(this.#goneReason);
  }

  #consumed(bytes: number): void {
    const grant = this.#receiveWindow.consumed(bytes);
    if (grant > 0 && !this.#endOfInput) {
      this.#home.writer.sendControl(FRAME_TYPE.WINDOW, this.id, encodeUint32(grant));
    }
  }

  #error(code: "PEER_CLOSED" | "REFUSED" | "RESET", state: string, detail?: string): MuxError {
    return new MuxError(
      code,
      `Cannot use stream ${this.id} to '${this.target}': ${state}`,
      detail === undefined ? {} : { detail },
    );
  }
}
