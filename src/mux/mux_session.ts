import { errorText } from "../errors/error_text.ts";
import type { Duplex } from "../streams/duplex.ts";
import { decodeText, encodeText, FRAME_TYPE, type FrameType, NO_BYTES, uint32At } from "./frame.ts";
import { FrameReader } from "./frame_reader.ts";
import { encodeHello, type Hello, HelloReader, PROTOCOL_VERSION } from "./handshake.ts";
import { LinkWriter } from "./link_writer.ts";
import { isMuxError, MuxError } from "./mux_error.ts";
import {
  DEFAULT_MUX_LIMITS,
  FAREWELL_MILLISECONDS,
  MAXIMUM_TEXT_BYTES,
  type MuxLimits,
} from "./mux_limits.ts";
import type { MuxStream, StreamReport } from "./mux_stream.ts";
import { PingBook } from "./ping_book.ts";
import type { MuxSession, MuxSessionOptions } from "./session_types.ts";
import { StreamTable } from "./stream_table.ts";

export type { IncomingStream, MuxSession, MuxSessionOptions } from "./session_types.ts";

/**
 * Starts a session on `link` and owns it from then on. Returns at once; the handshake runs inside.
 *
 * @example
 * ```ts
 * await using session = openMuxSession(link, { role: "host", accept: (stream) => stream.refuse("none"), log });
 * const stream = session.open("unix:/run/docker.sock");
 * ```
 */
export function openMuxSession(link: Duplex, options: MuxSessionOptions): MuxSession {
  return new LinkSession(link, options);
}

class LinkSession implements MuxSession {
  readonly #link: Duplex;
  readonly #options: MuxSessionOptions;
  readonly #limits: MuxLimits;
  readonly #writer: LinkWriter;
  readonly #frames: FrameReader;
  readonly #streams: StreamTable;
  readonly #pings = new PingBook();
  readonly #ready = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<MuxError>();
  readonly #reading: Promise<void>;
  #hello: HelloReader | null;
  #peer: Hello | null = null;
  #reason: MuxError | null = null;
  #teardown: Promise<void> | null = null;

  constructor(link: Duplex, options: MuxSessionOptions) {
    this.#link = link;
    this.#options = options;
    this.#limits = { ...DEFAULT_MUX_LIMITS, ...options.limits };
    this.#hello = new HelloReader(this.#limits.maximumNoise);
    this.#frames = new FrameReader({
      data: (id, bytes) => this.#onData(id, bytes),
      frame: (type, id, payload) => this.#onFrame(type, id, payload),
    });
    this.#writer = new LinkWriter(link, {
      maximumControl: this.#limits.maximumControl,
      failed: (reason) => this.#end(reason),
    });
    this.#streams = new StreamTable(options.role, this.#limits, this.#writer, options.log);
    this.#ready.promise.catch(() => {}); // callers that wait for it see the rejection; nobody has to
    this.#writer.sendFirst(encodeHello({
      ...PROTOCOL_VERSION,
      role: options.role,
      capabilities: 0,
      initialWindow: this.#limits.initialWindow,
    }));
    this.#reading = this.#readLink();
  }

  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  get closed(): Promise<MuxError> {
    return this.#closed.promise;
  }

  streams(): readonly StreamReport[] {
    return this.#streams.report();
  }

  open(target: string): MuxStream {
    if (this.#reason !== null) throw this.#reason;
    const payload = encodeText(target, MAXIMUM_TEXT_BYTES + 1);
    if (payload.length === 0 || payload.length > MAXIMUM_TEXT_BYTES) {
      throw new MuxError("MISUSE", `Cannot open a stream: the target has ${payload.length} bytes`);
    }
    const stream = this.#streams.open(target);
    this.#writer.sendControl(FRAME_TYPE.OPEN, stream.id, payload);
    return stream;
  }

  ping(signal: AbortSignal): Promise<number> {
    if (this.#reason !== null) return Promise.reject(this.#reason);
    return this.#pings.start(signal, (payload) => this.#writer.sendControl(FRAME_TYPE.PING, 0, payload));
  }

  async close(): Promise<void> {
    this.#end(new MuxError("CLOSED", "Cannot use the session: it was closed here"));
    await this.#teardown;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #readLink(): Promise<void> {
    try {
      for (;;) {
        const bytes = await this.#readChunk();
        if (this.#reason !== null) return;
        if (bytes === null) return this.#end(this.#linkEnded());
        this.#options.worked?.();
        this.#take(bytes);
      }
    } catch (error) {
      if (isMuxError(error)) return this.#end(error);
      const state = errorText(error);
      this.#end(new MuxError("LINK_FAILED", `Cannot read from the link: ${state}`, { cause: error }));
    }
  }

  async #readChunk(): Promise<Uint8Array | null> {
    const buffer = this.#streams.pool.next();
    if (this.#link.readInto === undefined) {
      const bytes = await this.#link.read();
      // Lent until the next read(), but streams may hold it for longer.
      return bytes === null ? null : buffer.bytes = bytes.slice();
    }
    const bytes = await this.#link.readInto(buffer.bytes);
    if (bytes !== null && bytes.buffer !== buffer.bytes.buffer) buffer.bytes = new Uint8Array(bytes.buffer);
    return bytes;
  }

  /** Takes a chunk apart; what that makes us send goes out together, at the end. */
  #take(bytes: Uint8Array): void {
    if (this.#peer === null) return this.#takeHello(bytes);
    this.#writer.cork();
    try {
      this.#frames.push(bytes);
    } finally {
      this.#writer.uncork();
    }
  }

  #takeHello(bytes: Uint8Array): void {
    const received = this.#hello!.push(bytes);
    if (received === null) return;
    this.#hello = null;
    const { hello, noise, rest } = received;
    if (hello.role === this.#options.role) {
      throw new MuxError("HANDSHAKE", `Cannot start the session: both ends have the role ${hello.role}`);
    }
    this.#peer = hello;
    if (noise > 0) this.#options.log("warn", "mux.session.noise", { bytes: noise });
    this.#options.log("debug", "mux.session.ready", { minor: hello.minor, window: hello.initialWindow });
    this.#streams.peerCredit(hello.initialWindow);
    this.#ready.resolve();
    // `rest` is a copy, not a part of the current read buffer; holding that buffer for it does no harm.
    this.#take(rest);
  }

  #onData(id: number, bytes: Uint8Array): void {
    const stream = this.#streams.get(id);
    if (stream !== undefined) stream.arrived(bytes);
    else this.#streams.requireKnown(id, "DATA");
  }

  #onFrame(type: FrameType, id: number, payload: Uint8Array): void {
    switch (type) {
      case FRAME_TYPE.OPEN:
        return this.#onOpen(id, payload);
      case FRAME_TYPE.PING:
        return this.#writer.sendControl(FRAME_TYPE.PONG, 0, payload);
      case FRAME_TYPE.PONG:
        return this.#pings.answered(payload);
      case FRAME_TYPE.GOAWAY:
        return this.#onGoAway(payload);
    }
    const stream = this.#streams.get(id);
    if (stream === undefined) return this.#streams.requireKnown(id, "a frame");
    switch (type) {
      case FRAME_TYPE.WINDOW:
        return stream.granted(uint32At(payload, 0));
      case FRAME_TYPE.FIN:
        return stream.finished();
      case FRAME_TYPE.CLOSE:
        return stream.peerClosed();
      case FRAME_TYPE.REFUSE:
        return stream.peerBroke("REFUSED", textOf(payload));
      case FRAME_TYPE.RESET:
        return stream.peerBroke("RESET", textOf(payload));
    }
  }

  #onOpen(id: number, payload: Uint8Array): void {
    this.#streams.claim(id);
    const target = textOf(payload);
    const full = this.#streams.fullness();
    if (full !== null) return this.#writer.sendControl(FRAME_TYPE.REFUSE, id, encodeText(full));
    const stream = this.#streams.add(id, target);
    const refuse = (reason: string) => {
      if (this.#streams.get(id) !== stream) return; // the opener has left it already
      this.#writer.sendControl(FRAME_TYPE.REFUSE, id, encodeText(reason));
      stream.sessionEnded(
        new MuxError("CLOSED", `Cannot use stream ${id} to '${target}': it was refused here`),
      );
    };
    try {
      this.#options.accept({ id, target, accept: () => stream, refuse });
    } catch (error) {
      this.#options.log("error", "mux.stream.accept_failed", { stream: id, target, error: String(error) });
      refuse(errorText(error));
    }
  }

  #onGoAway(payload: Uint8Array): void {
    const detail = textOf(payload.subarray(1));
    const orderly = payload[0] === 0;
    this.#end(
      orderly
        ? new MuxError("SHUTDOWN", "Cannot use the session: the peer ended it")
        : new MuxError("PEER_ERROR", `Cannot use the session: the peer ended it: ${detail}`, { detail }),
    );
  }

  #linkEnded(): MuxError {
    if (this.#hello !== null) return this.#hello.ended();
    const state = this.#frames.atBoundary ? "the link has ended" : "the link has ended within a frame";
    return new MuxError("LINK_ENDED", `Cannot use the session: ${state}`);
  }

  /** Ends everything; only the first reason counts. */
  #end(reason: MuxError): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    for (const stream of this.#streams.all()) stream.sessionEnded(reason);
    this.#pings.end(reason);
    this.#ready.reject(reason);
    this.#options.log(reason.code === "CLOSED" ? "debug" : "warn", "mux.session.closed", {
      code: reason.code,
      reason: reason.message,
    });
    this.#teardown = this.#leaveLink(reason);
    this.#closed.resolve(reason);
  }

  async #leaveLink(reason: MuxError): Promise<void> {
    if (!LINK_IS_GONE.has(reason.code)) await this.#sayFarewell(reason);
    this.#writer.end();
    this.#link.close();
    await this.#reading;
  }

  async #sayFarewell(reason: MuxError): Promise<void> {
    const orderly = reason.code === "CLOSED";
    const text = orderly ? NO_BYTES : encodeText(reason.message);
    this.#writer.sendControl(FRAME_TYPE.GOAWAY, 0, Uint8Array.from([orderly ? 0 : 1, ...text]));
    this.#writer.uncork();
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, FAREWELL_MILLISECONDS);
    await Promise.race([this.#writer.idle(), patience.promise]);
    clearTimeout(timer);
  }
}

/** Ends after which nothing can or need be said to the peer. */
const LINK_IS_GONE: ReadonlySet<string> = new Set([
  "LINK_ENDED",
  "LINK_FAILED",
  "SHUTDOWN",
  "PEER_ERROR",
  "CONTROL_FLOOD",
]);

function textOf(payload: Uint8Array): string {
  const text = decodeText(payload);
  if (text === null) throw new MuxError("PROTOCOL", "Cannot read a frame: its text is not UTF-8");
  return text;
}
