import { ChunkScanner } from "./chunk_scanner.ts";
import { HeldBytes } from "./held_bytes.ts";
import { headEnd, NO_LENGTH, readResponseHead, type ResponseHead } from "./http_head.ts";
import type { PendingRequest } from "./pending_request.ts";
import { RELAY_LIMITS } from "../relay_limits.ts";

/** What a {@linkcode ResponseScanner} reports. */
export interface ResponseScannerOptions {
  /** The oldest request without a complete answer. */
  oldest(): PendingRequest | undefined;
  /** The next byte, in either direction, is raw. */
  turnedRaw(): void;
  /** The final answer's head has come, and the connection stays HTTP. */
  answered(request: PendingRequest): void;
  /** The oldest request's answer is complete. */
  finished(): void;
}

const ABSENT = -1;
const STATUS = {
  switchingProtocols: 101,
  ok: 200,
  noContent: 204,
  notModified: 304,
} as const;

/**
 * Follows the responses on one connection without ever holding one back: the caller hands each piece to
 * `push()` and passes it on at once. It only reports where answers end and when a connection turns raw.
 */
export class ResponseScanner {
  #state: "head" | "length" | "chunked" | "until-close" | "raw" = "head";
  /** Copies of the bytes of a head that is not complete. */
  readonly #held = new HeldBytes();
  #remaining = 0;
  #chunks = new ChunkScanner();

  constructor(private readonly options: ResponseScannerOptions) {}

  /** Whether the next byte begins a response. */
  get atRest(): boolean {
    return this.#state === "head" && this.#held.length === 0;
  }

  /** Takes note of the bytes. Returns how many of them are not raw. */
  push(fresh: Uint8Array): number {
    let bytes = fresh;
    const before = this.#held.length;
    if (before > 0) {
      const found = this.#held.appendToHead(fresh);
      if (!found && this.#held.length <= RELAY_LIMITS.headBytes) return fresh.length;
      bytes = this.#held.take();
    }
    let at = 0;
    while (at < bytes.length) {
      switch (this.#state) {
        case "head": {
          const end = headEnd(bytes, at);
          if (end === ABSENT && bytes.length - at <= RELAY_LIMITS.headBytes) {
            this.#held.append(bytes.subarray(at));
            return fresh.length;
          }
          const head = end === ABSENT ? undefined : readResponseHead(bytes, at, end);
          if (head === undefined) this.#lose();
          else this.#begin(head);
          at = end;
          break;
        }
        case "length": {
          const taken = Math.min(this.#remaining, bytes.length - at);
          this.#remaining -= taken;
          at += taken;
          if (this.#remaining === 0) this.#finish();
          break;
        }
        case "chunked":
          at = this.#chunks.scan(bytes, at);
          if (this.#chunks.failed) this.#lose();
          else if (this.#chunks.done) this.#finish();
          break;
        case "raw":
          return at - before;
        case "until-close":
          return fresh.length;
      }
    }
    return fresh.length;
  }

  #begin(head: ResponseHead): void {
    const { status, contentLength, chunked } = head;
    const request = this.options.oldest();
    const isInterim = status < STATUS.ok && status !== STATUS.switchingProtocols;
    if (isInterim) return; // the final answer is still to come
    if (request !== undefined) request.status = status;
    if (status === STATUS.switchingProtocols) return this.#turnRaw();
    const unframed = contentLength === NO_LENGTH && !chunked;
    if (request?.hijackable === true && status === STATUS.ok && unframed) return this.#turnRaw();
    if (request !== undefined) this.options.answered(request);
    const bodiless = request?.method === "HEAD" || status === STATUS.noContent ||
      status === STATUS.notModified;
    if (bodiless || (contentLength === 0 && !chunked)) return this.#finish();
    if (chunked) {
      this.#chunks = new ChunkScanner();
      this.#state = "chunked";
    } else if (unframed) {
      this.#state = "until-close";
    } else {
      this.#remaining = contentLength;
      this.#state = "length";
    }
  }

  #finish(): void {
    this.#state = "head";
    this.options.finished();
  }

  /** An answer that is not understood lasts until the engine closes. Requests are still read: they may hold paths. */
  #lose(): void {
    this.#state = "until-close";
  }

  #turnRaw(): void {
    this.#state = "raw";
    this.options.turnedRaw();
  }
}
