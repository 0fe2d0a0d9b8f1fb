import type { ConnectionInput } from "./connection_input.ts";
import { BadRequest, type RequestHead } from "./request_head.ts";

/** The largest piece that a reader of a body gets at once. */
const PIECE_BYTES = 64 * 1024;
/** Trailer lines after the last chunk; they are skipped. */
const TRAILER_LINES = 32;

export interface BodyCalls {
  /** Runs before the first read: asks a client that waits for it to send the body. */
  readonly begin: () => Promise<void>;
  /** Limits the time of each read. */
  readonly timed: (read: () => Promise<Uint8Array | undefined>) => Promise<Uint8Array | undefined>;
}

/** The body of a request, read only on demand. */
export class RequestBody {
  readonly #input: ConnectionInput;
  readonly #chunked: boolean;
  readonly #completed = Promise.withResolvers<void>();
  /** Bytes left of the body, or of the chunk. */
  #left: number;
  #isOver = false;
  readonly #calls: BodyCalls;
  #begun = false;

  constructor(input: ConnectionInput, { body }: Pick<RequestHead, "body">, calls: BodyCalls) {
    this.#input = input;
    this.#chunked = body === "chunked";
    this.#left = body === "chunked" ? 0 : body;
    this.#calls = calls;
    if (body === 0) this.#complete();
  }

  /** Resolves once the whole body has been read. */
  get completed(): Promise<void> {
    return this.#completed.promise;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The body for a `Request`; `null` if there is none. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.#isOver) return null;
    return new ReadableStream({
      pull: async (controller) => {
        const piece = await this.next();
        if (piece === undefined) controller.close();
        else controller.enqueue(new Uint8Array(piece));
      },
    }, { highWaterMark: 0 });
  }

  /** Skips the unread rest, so that the next request can follow; false if it is more than `limit` bytes. */
  async skip(limit: number): Promise<boolean> {
    if (!this.#chunked && this.#left > limit) return false;
    let skipped = 0;
    for (let piece = await this.next(); piece !== undefined; piece = await this.next()) {
      skipped += piece.length;
      if (skipped > limit) return false;
    }
    return true;
  }

  /** The next piece; `undefined` after the last. @throws {BadRequest} */
  async next(): Promise<Uint8Array | undefined> {
    if (this.#isOver) return undefined;
    if (!this.#begun) await this.#calls.begin();
    this.#begun = true;
    return await this.#calls.timed(() => this.#piece());
  }

  async #piece(): Promise<Uint8Array | undefined> {
    if (this.#chunked && this.#left === 0) {
      this.#left = await this.#input.chunkLength();
      if (this.#left === 0) {
        await this.#skipTrailer();
        return this.#complete();
      }
    }
    const piece = await this.#input.some(Math.min(this.#left, PIECE_BYTES));
    if (piece === undefined) throw new BadRequest(400, "the request ends within its body");
    this.#left -= piece.length;
    if (this.#left === 0) {
      if (!this.#chunked) this.#complete();
      else if (await this.#input.line() !== "") throw new BadRequest(400, "a chunk of the body is too long");
    }
    return piece;
  }

  async #skipTrailer(): Promise<void> {
    for (let line = 0; line < TRAILER_LINES; line++) if (await this.#input.line() === "") return;
    throw new BadRequest(400, `the body has more than ${TRAILER_LINES} lines after it`);
  }

  #complete(): undefined {
    this.#isOver = true;
    this.#completed.resolve();
  }
}
