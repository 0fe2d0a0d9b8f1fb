import type { Duplex } from "../streams/duplex.ts";
import type { HttpLimits } from "./http_limits.ts";
import { BadRequest, headEnd, readHead, type RequestHead } from "./request_head.ts";

const LF = 0x0a;
const CR = 0x0d;
/** The longest line before a chunk: a length, and extensions, which are not used in practice. */
const CHUNK_LINE_BYTES = 256;
const CHUNK_REGEXP = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/;
const EMPTY = new Uint8Array();

/**
 * The bytes that a client sends, read ahead by at most one read, so that the end of the connection is noticed while a
 * response is being prepared. The buffer is bounded by the longest head.
 */
export class ConnectionInput {
  readonly #connection: Pick<Duplex, "read">;
  readonly #limits: HttpLimits;
  #bytes: Uint8Array = EMPTY;
  #reading: Promise<boolean> | undefined;
  #ended = false;

  constructor(connection: Pick<Duplex, "read">, limits: HttpLimits) {
    this.#connection = connection;
    this.#limits = limits;
  }

  /** Whether bytes are buffered. */
  get waits(): boolean {
    return this.#bytes.length > 0;
  }

  /** Reads the next bytes; resolves to false at the end. Concurrent calls share one read. */
  more(): Promise<boolean> {
    return this.#reading ??= this.#read().finally(() => this.#reading = undefined);
  }

  /**
   * Resolves to true once the client has closed its direction or the connection; to false if the signal aborts first
   * and the client then sends more, or if it has sent so much ahead that reading stops.
   */
  async ended(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted && this.#bytes.length < this.#limits.headBytes) {
      if (!await this.more()) return true;
    }
    return false;
  }

  /** The next head; `undefined` if the client ended before one began. @throws {BadRequest} */
  async head(): Promise<RequestHead | undefined> {
    let searched = 0;
    for (;;) {
      this.#skipEmptyLines();
      const end = headEnd(this.#bytes, searched);
      if (end > 0 && end <= this.#limits.headBytes) return readHead(this.take(end), this.#limits);
      if (end > 0 || this.#bytes.length > this.#limits.headBytes) {
        throw new BadRequest(431, `the head of the request has more than ${this.#limits.headBytes} bytes`);
      }
      searched = this.#bytes.length;
      if (await this.more()) continue;
      if (this.#bytes.length === 0) return undefined;
      throw new BadRequest(400, "the request ends within its head");
    }
  }

  /** Up to `limit` bytes as they arrive; `undefined` at the end. */
  async some(limit: number): Promise<Uint8Array | undefined> {
    while (this.#bytes.length === 0) if (!await this.more()) return undefined;
    return this.take(Math.min(limit, this.#bytes.length));
  }

  /** The length in the line before a chunk. @throws {BadRequest} */
  async chunkLength(): Promise<number> {
    const [, digits] = CHUNK_REGEXP.exec(await this.line()) ?? [];
    if (digits === undefined) throw new BadRequest(400, "a chunk of the body has no valid length");
    return parseInt(digits, 16);
  }

  /** The next short line, without its line ending. @throws {BadRequest} */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#bytes.indexOf(LF);
      if (end >= 0 && end <= CHUNK_LINE_BYTES && this.#bytes[end - 1] === CR) {
        return new TextDecoder().decode(this.take(end + 1).subarray(0, -2));
      }
      if (end >= 0 || this.#bytes.length > CHUNK_LINE_BYTES) {
        throw new BadRequest(400, "a line of the body is not valid HTTP");
      }
      if (!await this.more()) throw new BadRequest(400, "the request ends within its body");
    }
  }

  /** Removes and returns the first buffered bytes. */
  take(length: number): Uint8Array {
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }

  async #read(): Promise<boolean> {
    if (this.#ended) return false;
    const bytes = await this.#connection.read().catch(() => null); // a reset is treated as an end
    if (bytes === null) {
      this.#ended = true;
      return false;
    }
    const joined = new Uint8Array(this.#bytes.length + bytes.length);
    joined.set(this.#bytes);
    joined.set(bytes, this.#bytes.length);
    this.#bytes = joined;
    return true;
  }

  /** Some clients send an empty line after a body. */
  #skipEmptyLines(): void {
    let at = 0;
    while (this.#bytes[at] === CR && this.#bytes[at + 1] === LF) at += 2;
    if (at > 0) this.take(at);
  }
}
