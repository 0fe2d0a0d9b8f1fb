import type { Log } from "../logging/log.ts";
import type { MuxRole } from "./handshake.ts";
import type { MuxError } from "./mux_error.ts";
import type { MuxLimits } from "./mux_limits.ts";
import type { MuxStream, StreamReport } from "./mux_stream.ts";

/** Options of `openMuxSession()`. */
export interface MuxSessionOptions {
  /** The two ends of a link have different roles. */
  readonly role: MuxRole;
  /** Called for each stream that the peer opens; must return at once, and may decide later. */
  accept(stream: IncomingStream): void;
  /** Called for each chunk that the link brings, so it must cost next to nothing. */
  readonly worked?: () => void;
  readonly log: Log;
  /** Replaces single limits; for tests. */
  readonly limits?: Partial<MuxLimits>;
}

/** A stream that the peer has opened. Bytes that it sends meanwhile are kept, within the window. */
export interface IncomingStream {
  readonly id: number;
  readonly target: string;
  /** Takes the stream. */
  accept(): MuxStream;
  /** Declines it; the opener's reads and writes reject with `REFUSED` and this reason. */
  refuse(reason: string): void;
}

/** Many streams over one link. */
export interface MuxSession extends AsyncDisposable {
  /** Resolves when the peer has said hello; rejects if the session ends before. */
  readonly ready: Promise<void>;
  /**
   * Opens a stream, without waiting for the peer: what is written goes out as soon as it can. If the peer
   * refuses, reads and writes reject with `REFUSED`.
   *
   * @throws {MuxError} if the session is over, `TOO_MANY_STREAMS`, `IDS_EXHAUSTED`.
   */
  open(target: string): MuxStream;
  /** Round trip in milliseconds. Rejects with the signal's reason, or with the session's if that ends. */
  ping(signal: AbortSignal): Promise<number>;
  /** Resolves, once and with the first reason, when the session is over. */
  readonly closed: Promise<MuxError>;
  /** Every open stream of either end, at this moment. */
  streams(): readonly StreamReport[];
  /** Ends the session, all its streams and the link. Resolves when the link is closed. */
  close(): Promise<void>;
}
