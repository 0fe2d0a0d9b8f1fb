import { FRAME_HEADER_BYTES, FRAME_RULES, FRAME_TYPE, type FrameType, NO_BYTES, uint32At } from "./frame.ts";
import { MuxError } from "./mux_error.ts";

/** Takes the frames of a {@linkcode FrameReader}, in order. */
export interface FrameSink {
  /** Bytes of a DATA frame, maybe not all of it: a view on the pushed chunk, never empty. */
  data(id: number, bytes: Uint8Array): void;
  /** Any other frame, whole. The payload is lent for the time of the call. */
  frame(type: FrameType, id: number, payload: Uint8Array): void;
}

/**
 * Turns chunks, cut anywhere, into frames. Payloads of DATA are passed on as they come and are never copied or
 * held, so memory is bounded by one control frame (about 4 KiB).
 */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  #headerLength = 0;
  #type: FrameType = FRAME_TYPE.DATA;
  #id = 0;
  /** Bytes of the current payload that have not come yet. */
  #missing = 0;
  /** The payload of a control frame that was cut. */
  #partial: Uint8Array | null = null;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Whether the last chunk ended between two frames. */
  get atBoundary(): boolean {
    return this.#headerLength === 0 && this.#missing === 0;
  }

  /**
   * Passes on all that `chunk` completes.
   *
   * @throws {MuxError} `PROTOCOL` if no valid frame can begin here, or what the sink throws; the reader is of no
   * use afterwards.
   */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      at = this.#missing > 0 ? this.#takePayload(chunk, at) : this.#takeHeader(chunk, at);
    }
  }

  #takeHeader(chunk: Uint8Array, at: number): number {
    if (this.#headerLength === 0 && chunk.length - at >= FRAME_HEADER_BYTES) {
      this.#begin(chunk, at);
      return at + FRAME_HEADER_BYTES;
    }
    while (at < chunk.length && this.#headerLength < FRAME_HEADER_BYTES) {
      this.#header[this.#headerLength++] = chunk[at++]!;
    }
    if (this.#headerLength === FRAME_HEADER_BYTES) {
      this.#headerLength = 0;
      this.#begin(this.#header, 0);
    }
    return at;
  }

  #begin(bytes: Uint8Array, at: number): void {
    const type = bytes[at]!;
    const length = (bytes[at + 1]! << 16) + (bytes[at + 2]! << 8) + bytes[at + 3]!;
    const id = uint32At(bytes, at + 4);
    const rule = FRAME_RULES[type];
    if (rule === undefined) {
      throw new MuxError("PROTOCOL", `Cannot read a frame: type ${type} is unknown`);
    }
    if (length < rule.minimum || length > rule.maximum) {
      throw new MuxError(
        "PROTOCOL",
        `Cannot read a frame: ${rule.name} has ${length} bytes, not ${rule.minimum} to ${rule.maximum}`,
      );
    }
    if (rule.session !== (id === 0)) {
      throw new MuxError("PROTOCOL", `Cannot read a frame: ${rule.name} has stream id ${id}`);
    }
    this.#type = type as FrameType;
    this.#id = id;
    this.#missing = length;
    if (length === 0) this.#sink.frame(this.#type, id, NO_BYTES);
  }

  #takePayload(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + this.#missing);
    const piece = at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end);
    this.#missing -= piece.length;
    if (this.#type === FRAME_TYPE.DATA) {
      this.#sink.data(this.#id, piece);
    } else if (this.#partial === null && this.#missing === 0) {
      this.#sink.frame(this.#type, this.#id, piece);
    } else {
      this.#collect(piece);
    }
    return end;
  }

  #collect(piece: Uint8Array): void {
    this.#partial ??= new Uint8Array(0);
    const joined = new Uint8Array(this.#partial.length + piece.length);
    joined.set(this.#partial);
    joined.set(piece, this.#partial.length);
    if (this.#missing > 0) {
      this.#partial = joined;
      return;
    }
    this.#partial = null;
    this.#sink.frame(this.#type, this.#id, joined);
  }
}
