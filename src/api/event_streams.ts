import { WindlassError } from "../errors/windlass_error.ts";
import { API_LIMITS } from "./api_limits.ts";
import { problemOf } from "../errors/problem_of.ts";

/** One server-sent event: its name, and data that survives JSON. */
export interface SentEvent {
  readonly event: string;
  readonly data: unknown;
}

/** The limits of {@linkcode EventStreams}. */
export type StreamLimits = Pick<typeof API_LIMITS, "streams" | "stallMilliseconds" | "heartbeatMilliseconds">;

const ENCODER = new TextEncoder();
const HEARTBEAT = ENCODER.encode(":\n\n");

/**
 * The open streams of server-sent events.
 *
 * Guarantees: at most one event is buffered for a reader, besides what its source keeps; a reader that takes nothing
 * for `stallMilliseconds` is disconnected, and receives a `problem` event if it ever resumes reading; the source's
 * signal is aborted when the reader disconnects. A failure of the source ends the stream with a `problem` event.
 */
export class EventStreams {
  #open = 0;

  constructor(private readonly limits: { readonly [Name in keyof StreamLimits]: number } = API_LIMITS) {}

  /** The number of open streams. */
  get open(): number {
    return this.#open;
  }

  /** @throws {WindlassError} `WL_API_BUSY` when too many are open. */
  start(source: (signal: AbortSignal) => AsyncIterable<SentEvent>): Response {
    if (this.#open >= this.limits.streams) {
      throw new WindlassError(
        "WL_API_BUSY",
        `Cannot open another stream: ${this.#open} of ${this.limits.streams} are open`,
      );
    }
    this.#open++;
    const reader = new Reader(this.limits);
    void reader.feed(source).finally(() => this.#open--);
    return new Response(reader.body, { headers: { "content-type": "text/event-stream" } });
  }
}

/** The reader of one stream. */
class Reader {
  readonly body: ReadableStream<Uint8Array>;
  readonly #gone = new AbortController();
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #wanted = Promise.withResolvers<void>();

  constructor(private readonly limits: Omit<{ readonly [Name in keyof StreamLimits]: number }, "streams">) {
    this.body = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#wanted.resolve(),
      cancel: () => this.#leave(),
    });
  }

  /** Sends until the source or the reader ends. Never rejects. */
  async feed(source: (signal: AbortSignal) => AsyncIterable<SentEvent>): Promise<void> {
    const heartbeat = setInterval(() => this.#beat(), this.limits.heartbeatMilliseconds);
    try {
      for await (const event of source(this.#gone.signal)) {
        await this.#room();
        if (this.#gone.signal.aborted) return;
        this.#send(event);
      }
      this.#controller.close();
    } catch (error) {
      this.#fail(error);
    } finally {
      clearInterval(heartbeat);
      this.#gone.abort();
    }
  }

  /** Waits until the reader has taken everything sent so far. @throws {WindlassError} `WL_API_READER_SLOW` */
  async #room(): Promise<void> {
    if (this.#gone.signal.aborted || this.#hasRoom()) return;
    this.#wanted = Promise.withResolvers();
    if (this.#hasRoom()) return;
    const { stallMilliseconds } = this.limits;
    const timer = setTimeout(() =>
      this.#wanted.reject(
        new WindlassError(
          "WL_API_READER_SLOW",
          `Cannot continue the stream: the reader took nothing for ${stallMilliseconds / 1000} s`,
        ),
      ), stallMilliseconds);
    try {
      await this.#wanted.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #hasRoom(): boolean {
    return (this.#controller.desiredSize ?? 0) > 0;
  }

  #send({ event, data }: SentEvent): void {
    this.#controller.enqueue(ENCODER.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
  }

  #beat(): void {
    if (!this.#gone.signal.aborted && this.#hasRoom()) this.#controller.enqueue(HEARTBEAT);
  }

  #fail(error: unknown): void {
    if (this.#gone.signal.aborted) return;
    this.#send({ event: "problem", data: problemOf(error) });
    this.#controller.close();
  }

  #leave(): void {
    this.#gone.abort();
    this.#wanted.resolve();
  }
}
