import { errorText } from "../errors/error_text.ts";
import type { Duplex } from "./duplex.ts";
import { type HalfCloseLimits, HalfCloseWatch } from "./half_close_watch.ts";

/** How {@linkcode joinStreams} ended. */
export interface JoinResult {
  /** Bytes copied from the first stream to the second; with {@linkcode JoinOptions.bytes}, what that says. */
  readonly sent: number;
  /** Bytes copied from the second stream to the first; likewise. */
  readonly received: number;
  /** What broke the join, or `null` if both directions came to their end. */
  readonly error: unknown;
}

export interface JoinOptions {
  /** Ends the join as broken. */
  readonly signal?: AbortSignal;
  /** Counts the bytes while they are copied, for reports, from where it stands; several joins may share one. */
  readonly bytes?: { sent: number; received: number };
  /** When a half-closed join ends by itself; never if absent. */
  readonly halfClosed?: HalfCloseLimits;
}

/** A stream that may know more than {@linkcode Duplex} asks for, such as a stream of the mux. */
export interface Joinable extends Duplex {
  /** Ends the stream as broken. */
  reset?(reason: string): void;
  /**
   * Aborted when the peer has left both directions. A reason with the code `PEER_CLOSED` says that it left in good
   * order, and that what it had sent is still to be delivered; with any other, the stream is broken.
   */
  readonly gone?: AbortSignal;
}

/**
 * How long bytes that a vanished peer had sent may still take to be delivered, in milliseconds; then the other
 * side, which does not read them, is closed. A bare socket would not wait at all.
 */
const DELIVERY_MILLISECONDS = 5_000;

/**
 * Copies both directions until both have ended, and then closes both streams. The end of one direction is passed on
 * as a half-close; the other lives on for as long as it takes. If either stream breaks, or its peer leaves, both
 * are ended. Never rejects.
 *
 * @example
 * ```ts
 * const { sent, received } = await joinStreams(client, session.open("unix:/run/docker.sock"), { signal });
 * ```
 */
export async function joinStreams(
  first: Joinable,
  second: Joinable,
  options: JoinOptions = {},
): Promise<JoinResult> {
  using join = new Join(first, second, options);
  const aborted = () => join.fail(options.signal?.reason);
  const firstGone = () => join.peerLeft("sent", first.gone?.reason);
  const secondGone = () => join.peerLeft("received", second.gone?.reason);
  options.signal?.addEventListener("abort", aborted);
  first.gone?.addEventListener("abort", firstGone);
  second.gone?.addEventListener("abort", secondGone);
  try {
    if (options.signal?.aborted) aborted();
    if (first.gone?.aborted) firstGone();
    if (second.gone?.aborted) secondGone();
    return await join.run();
  } finally {
    options.signal?.removeEventListener("abort", aborted);
    first.gone?.removeEventListener("abort", firstGone);
    second.gone?.removeEventListener("abort", secondGone);
  }
}

type Direction = "sent" | "received";

class Join implements Disposable {
  readonly #first: Joinable;
  readonly #second: Joinable;
  readonly #bytes: { sent: number; received: number };
  readonly #running = new Set<Direction>(["sent", "received"]);
  /** Directions whose reader has left: the other direction is of no use to anyone. */
  readonly #left = new Set<Direction>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #ended = false;
  #error: unknown = null;
  readonly #halfClosed: HalfCloseWatch;

  constructor(first: Joinable, second: Joinable, options: JoinOptions) {
    this.#first = first;
    this.#second = second;
    this.#bytes = options.bytes ?? { sent: 0, received: 0 };
    this.#halfClosed = new HalfCloseWatch(options.halfClosed ?? {}, (reason) => this.fail(reason));
  }

  [Symbol.dispose](): void {
    this.#halfClosed[Symbol.dispose]();
  }

  async run(): Promise<JoinResult> {
    await Promise.all([
      this.#copy("sent", this.#first, this.#second),
      this.#copy("received", this.#second, this.#first),
    ]);
    this.#end();
    return { ...this.#bytes, error: this.#error };
  }

  /** Ends both streams as broken. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#error = error ?? null;
    const reason = errorText(error);
    this.#first.reset?.(reason);
    this.#second.reset?.(reason);
    this.#end();
  }

  /** The source of `direction` has left: deliver what it had sent, then close. */
  peerLeft(direction: Direction, reason: unknown): void {
    if (this.#ended) return;
    if ((reason as { readonly code?: unknown } | undefined)?.code !== "PEER_CLOSED") return this.fail(reason);
    this.#left.add(direction);
    if (!this.#running.has(direction)) return this.#end();
    this.#timer ??= setTimeout(() => this.#end(), DELIVERY_MILLISECONDS);
  }

  async #copy(direction: Direction, from: Joinable, to: Joinable): Promise<void> {
    try {
      for (let bytes = await from.read(); bytes !== null; bytes = await from.read()) {
        this.#halfClosed.writing();
        await to.write(bytes);
        this.#halfClosed.written();
        this.#bytes[direction] += bytes.length;
      }
      this.#running.delete(direction);
      if (this.#ended) return;
      if (this.#left.has(direction)) this.#end();
      else if (this.#running.size === 0) await to.closeWrite();
      else {
        this.#halfClosed.begin(direction === "sent");
        await to.closeWrite();
      }
    } catch (error) {
      // A peer that left makes writes towards it fail; that is its end, not a fault.
      const opposite = direction === "sent" ? "received" : "sent";
      if (!this.#left.has(opposite)) this.fail(error);
    } finally {
      this.#running.delete(direction);
    }
  }

  #end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#ended = true;
    this.#first.close();
    this.#second.close();
  }
}
