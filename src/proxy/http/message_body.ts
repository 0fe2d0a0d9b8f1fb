import { type ByteInput, EndedEarly } from "./byte_input.ts";
import { ChunkEnd } from "./chunk_end.ts";
import { BadAnswer, BadProxyRequest } from "./message_errors.ts";
import { type AnswerHead, membersOf, type RequestHead, valuesOf } from "./message_head.ts";

/** Where a body ends: after so many bytes, after its last chunk, or with the connection. */
export type Framing = number | "chunked" | "close";

const LENGTH_REGEXP = /^\d{1,15}$/;

/**
 * Where the body of a request ends. What two programs could read differently is refused: that is how one request is
 * smuggled within another. Pure.
 *
 * @throws {BadProxyRequest}
 */
export function framingOfRequest({ minor, fields }: Pick<RequestHead, "minor" | "fields">): Framing {
  const lengths = valuesOf(fields, "content-length");
  const codings = valuesOf(fields, "transfer-encoding");
  if (codings.length > 0) {
    if (lengths.length > 0) throw new BadProxyRequest(400, "it has a length and a transfer coding");
    if (minor === 0) throw new BadProxyRequest(400, "it has a transfer coding, which HTTP/1.0 does not have");
    if (codings.length > 1 || codings[0]?.toLowerCase() !== "chunked") {
      throw new BadProxyRequest(501, "its transfer coding is not 'chunked'");
    }
    return "chunked";
  }
  if (lengths.length > 1) throw new BadProxyRequest(400, "it has two lengths");
  const [length = "0"] = lengths;
  if (!LENGTH_REGEXP.test(length)) throw new BadProxyRequest(400, "its length is not a number");
  return Number(length);
}

/** Where the body of an answer to a request with that method ends. Pure. @throws {BadAnswer} */
export function framingOfAnswer({ status, fields }: AnswerHead, method: string): Framing {
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) return 0;
  const codings = membersOf(fields, "transfer-encoding");
  if (codings.length > 0) return codings.at(-1) === "chunked" ? "chunked" : "close";
  const lengths = [...new Set(membersOf(fields, "content-length"))];
  if (lengths.length === 0) return "close";
  if (lengths.length > 1 || !LENGTH_REGEXP.test(lengths[0]!)) throw new BadAnswer("has no valid length");
  return Number(lengths[0]);
}

/** A body, read as it arrives: nothing of it is kept. */
export class MessageBody {
  readonly #input: ByteInput;
  readonly #chunks: ChunkEnd | undefined;
  /** Bytes still to come; not of chunks. */
  #left: number;

  constructor(input: ByteInput, readonly framing: Framing) {
    this.#input = input;
    this.#chunks = framing === "chunked" ? new ChunkEnd() : undefined;
    this.#left = typeof framing === "number" ? framing : Infinity;
  }

  /** Whether all of it has been read. A body that ends with the connection is over once that was seen. */
  get isOver(): boolean {
    return this.#chunks?.isOver ?? this.#left === 0;
  }

  /**
   * The next bytes as they came, chunks with their lines; lent until the next call. `null` at the end.
   *
   * @throws {EndedEarly} @throws {SyntaxError} if it is not made of chunks. @throws the stream's error.
   */
  async next(content?: (bytes: Uint8Array) => void): Promise<Uint8Array | null> {
    if (this.isOver) return null;
    const bytes = await this.#input.piece();
    if (bytes === null) {
      if (this.framing !== "close") throw new EndedEarly();
      this.#left = 0;
      return null;
    }
    const length = this.#chunks?.scan(bytes, content) ?? Math.min(bytes.length, this.#left);
    if (this.#chunks === undefined) {
      this.#left -= length;
      content?.(bytes.subarray(0, length));
    }
    if (length === bytes.length) return bytes;
    this.#input.putBack(bytes.subarray(length));
    return bytes.subarray(0, length);
  }

  /** Reads past the rest; false if that has more than `maximum` bytes, or ends with the connection. */
  async skip(maximum: number): Promise<boolean> {
    if (this.framing === "close" || (this.#chunks === undefined && this.#left > maximum)) return false;
    let skipped = 0;
    for (let bytes = await this.next(); bytes !== null; bytes = await this.next()) {
      skipped += bytes.length;
      if (skipped > maximum) return false;
    }
    return true;
  }
}
