import { BufferPool } from "./buffer_pool.ts";
import type { Log } from "../logging/log.ts";
import type { MuxRole } from "./handshake.ts";
import type { LinkWriter } from "./link_writer.ts";
import { MuxError } from "./mux_error.ts";
import type { MuxLimits } from "./mux_limits.ts";
import { SessionStream, type StreamHome, type StreamReport } from "./mux_stream.ts";

/** Ids are 31 bits, so that they stay small integers in every engine. */
const HIGHEST_ID = 0x7fff_fffe;

/** The streams of one session, by id, and what they share: ids, read buffers and the sum of their windows. */
export class StreamTable implements StreamHome {
  readonly pool = new BufferPool();
  readonly #streams = new Map<number, SessionStream>();
  readonly #limits: MuxLimits;
  #nextId: number;
  /** The highest id that the peer has opened; ids up to here are known, even if their streams are gone. */
  #lastPeerId: number;
  #sendCredit = 0;
  #windowTotal = 0;

  readonly #log: Log;

  constructor(role: MuxRole, limits: MuxLimits, readonly writer: LinkWriter, log: Log) {
    this.#limits = limits;
    this.#log = log;
    this.#nextId = role === "host" ? 1 : 2;
    this.#lastPeerId = role === "host" ? 0 : -1;
  }

  get size(): number {
    return this.#streams.size;
  }

  get(id: number): SessionStream | undefined {
    return this.#streams.get(id);
  }

  /** All streams, as a copy: ending one takes it out of the table. */
  all(): SessionStream[] {
    return [...this.#streams.values()];
  }

  /** Every stream at this moment, by id. */
  report(): StreamReport[] {
    const now = Date.now();
    return this.all().map((stream) => stream.report(now));
  }

  /** Why no more streams fit, or `null` if they do. */
  fullness(): string | null {
    const { maximumStreams } = this.#limits;
    return this.size < maximumStreams ? null : `${this.size} of ${maximumStreams} streams are open`;
  }

  /**
   * A new stream of this end.
   *
   * @throws {MuxError} `TOO_MANY_STREAMS`, `IDS_EXHAUSTED`.
   */
  open(target: string): SessionStream {
    const full = this.fullness();
    if (full !== null) throw new MuxError("TOO_MANY_STREAMS", `Cannot open a stream: ${full}`);
    if (this.#nextId > HIGHEST_ID) {
      throw new MuxError("IDS_EXHAUSTED", "Cannot open a stream: the session has used up its ids");
    }
    const id = this.#nextId;
    this.#nextId += 2;
    return this.add(id, target);
  }

  /** Notes an id that the peer opens. @throws {MuxError} `PROTOCOL` if it may not use it. */
  claim(id: number): void {
    if (id % 2 === this.#nextId % 2 || id <= this.#lastPeerId || id > HIGHEST_ID) {
      throw new MuxError("PROTOCOL", `Cannot accept stream ${id}: the peer may not use this id now`);
    }
    this.#lastPeerId = id;
  }

  /** Makes a stream for an id that is known to be free. */
  add(id: number, target: string): SessionStream {
    const { initialWindow, maximumWindow } = this.#limits;
    const sizes = { sendCredit: this.#sendCredit, initialWindow, maximumWindow };
    const stream = new SessionStream(id, target, this, sizes);
    this.#streams.set(id, stream);
    this.#windowTotal += initialWindow;
    this.#log("debug", "mux.stream.opened", { stream: id, target });
    return stream;
  }

  /** The peer has said how much may be sent on each new stream; those that are open already get it now. */
  peerCredit(bytes: number): void {
    this.#sendCredit = bytes;
    if (bytes === 0) return;
    for (const stream of this.#streams.values()) stream.granted(bytes);
  }

  /**
   * Frames for streams that this end has left are dropped; for streams that never were, they are an error.
   *
   * @throws {MuxError} `PROTOCOL`.
   */
  requireKnown(id: number, what: string): void {
    const known = id % 2 === this.#nextId % 2 ? id < this.#nextId : id <= this.#lastPeerId;
    if (!known) throw new MuxError("PROTOCOL", `Cannot accept ${what}: stream ${id} was never opened`);
  }

  forget(stream: SessionStream): void {
    if (!this.#streams.delete(stream.id)) return;
    this.#windowTotal -= stream.windowSize;
    const { id, target, ageMs, sentBytes, receivedBytes } = stream.report(Date.now());
    this.#log("debug", "mux.stream.closed", {
      stream: id,
      target,
      milliseconds: ageMs,
      sent: sentBytes,
      received: receivedBytes,
    });
  }

  mayGrow(bytes: number): boolean {
    if (this.#windowTotal + bytes > this.#limits.totalWindow) return false;
    this.#windowTotal += bytes;
    return true;
  }
}
