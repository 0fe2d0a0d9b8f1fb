import { ChunkScanner } from "./chunk_scanner.ts";
import { HeldBytes } from "./held_bytes.ts";
import type { BodySubject } from "./host_paths.ts";
import { headEnd, mayBeginRequest, NO_LENGTH, readRequestHead, type RequestHead } from "./http_head.ts";
import type { PendingRequest } from "./pending_request.ts";
import { RELAY_LIMITS } from "./relay_limits.ts";
import { classifyRequest } from "./request_kind.ts";
import { rewriteRequest } from "./request_rewriter.ts";
import type { TranslatePath } from "./translate_path.ts";

/** What a {@linkcode RequestScanner} reports and asks for. */
export interface RequestScannerOptions {
  readonly translatePath: TranslatePath;
  /** A request begins. Called before any of its bytes are handed on. */
  started(request: PendingRequest): void;
  /**
   * The body of a request is needed before anything can be handed on, and its client waits for leave to send
   * it. Returns whether that leave was given.
   */
  allowBody(): boolean;
}

/** A request that the engine is not to get. All of it has been read; its client waits for an answer. */
export interface RefusedRequest {
  readonly request: PendingRequest;
  /** Why, as a sentence. */
  readonly refusal: string;
  /** Whether the connection is to end with the answer. */
  readonly closes: boolean;
}

/** What is to be sent to the engine, or answered in its place once all before it has been answered. */
export type RequestPiece = Uint8Array | RefusedRequest;

/** A request of which nothing may be handed on before all of it is there. */
interface Collection {
  readonly subject: BodySubject;
  readonly headLength: number;
  /** Finds the end of a chunked body. */
  readonly chunks: ChunkScanner | undefined;
  /** Length of head and body, if declared. */
  readonly totalLength: number;
  readonly continued: boolean;
  readonly closes: boolean;
}

const ABSENT = -1;
const NOTHING = new Uint8Array(0);

/**
 * Follows the requests on one connection, and is the only part that may change them. Knows no transport:
 * `push()` takes what the client sent and returns what the engine is to get.
 *
 * Bytes are handed on as they come, but for a head until it is complete and for the few bodies that may hold
 * host paths. Bytes that came together and need no change are returned as one piece. What is not HTTP/1, or
 * not understood, turns the connection raw for good.
 */
export class RequestScanner {
  #state: "head" | "length" | "chunked" | "collect" | "undecided" | "raw" = "head";
  readonly #held = new HeldBytes();
  /** Bytes still to come of a body with a length. */
  #remaining = 0;
  #chunks = new ChunkScanner();
  #collection: Collection | undefined;
  #current: PendingRequest | undefined;
  #surplus = false;

  constructor(private readonly options: RequestScannerOptions) {}

  /** Whether bytes are now only copied. */
  get raw(): boolean {
    return this.#state === "raw";
  }

  /** Whether the last request has been handed on to its end and no part of another has come. */
  get atRest(): boolean {
    return this.#state === "head" && this.#held.length === 0;
  }

  /**
   * What to send for these bytes, piece by piece.
   *
   * Pieces may be parts of `bytes`: they are lent as long as those are.
   */
  push(bytes: Uint8Array): RequestPiece[] {
    const pieces: RequestPiece[] = [];
    let rest = bytes;
    while (rest.length > 0) {
      rest = this.#state === "collect" ? this.#collect(rest, pieces) : this.#scan(rest, pieces);
    }
    return pieces;
  }

  /** What was kept back, once the client has said that no more will come. */
  end(): Uint8Array {
    return this.#held.take();
  }

  /** The engine has agreed to turn the connection raw. */
  turnRaw(): void {
    this.#state = "raw";
  }

  /** The final answer to `request` has come, and the connection stays HTTP. */
  answered(request: PendingRequest): void {
    request.answered = true;
    if (this.#state !== "undecided" || request !== this.#current) return;
    // Bytes have gone by that nobody has looked at: where the next request begins can no longer be told.
    this.#state = this.#surplus ? "raw" : "head";
  }

  /** Walks over bytes that stay as they are; returns those that are left when a body must be collected. */
  #scan(fresh: Uint8Array, pieces: RequestPiece[]): Uint8Array {
    let bytes = fresh;
    if (this.#held.length > 0) {
      this.#held.append(fresh);
      bytes = this.#held.take();
    }
    let at = 0;
    while (at < bytes.length) {
      switch (this.#state) {
        case "head": {
          const end = headEnd(bytes, at);
          if (end === ABSENT) {
            if (!this.#mayWaitForHead(bytes, at)) {
              this.#state = "raw";
              break;
            }
            this.#held.append(bytes.subarray(at));
            if (at > 0) pieces.push(bytes.subarray(0, at));
            return NOTHING;
          }
          const head = readRequestHead(bytes, at, end);
          if (head === undefined) {
            this.#state = "raw";
            break;
          }
          if (this.#begin(head, end - at)) {
            if (at > 0) pieces.push(bytes.subarray(0, at));
            return bytes.subarray(at);
          }
          at = end;
          break;
        }
        case "length": {
          const taken = Math.min(this.#remaining, bytes.length - at);
          this.#remaining -= taken;
          at += taken;
          if (this.#remaining === 0) this.#bodyEnded();
          break;
        }
        case "chunked":
          at = this.#chunks.scan(bytes, at);
          if (this.#chunks.failed) this.#state = "raw";
          else if (this.#chunks.done) this.#bodyEnded();
          break;
        case "undecided":
          this.#surplus = true;
          at = bytes.length;
          break;
        case "collect":
        case "raw":
          at = bytes.length;
      }
    }
    pieces.push(bytes);
    return NOTHING;
  }

  #mayWaitForHead(bytes: Uint8Array, at: number): boolean {
    return bytes.length - at <= RELAY_LIMITS.headBytes &&
      mayBeginRequest(bytes, at, RELAY_LIMITS.methodBytes);
  }

  /** Takes note of a request. True if its body is to be collected. */
  #begin(head: RequestHead, headLength: number): boolean {
    const { kind, hijackable, subject } = classifyRequest(head.method, head.target);
    this.#current = {
      kind,
      method: head.method,
      path: head.target,
      since: Date.now(),
      hijackable,
      mayTurnRaw: hijackable || head.upgrade,
      answered: false,
    };
    this.#surplus = false;
    this.options.started(this.#current);
    const length = Math.max(head.contentLength, 0);
    const hasBody = head.chunked || length > 0;
    if (
      subject !== undefined && hasBody && !head.encoded && !head.upgrade &&
      length <= RELAY_LIMITS.rewrittenBodyBytes
    ) {
      this.#collection = {
        subject,
        headLength,
        chunks: head.chunked ? new ChunkScanner() : undefined,
        totalLength: headLength + length,
        continued: head.expectsContinue && this.options.allowBody(),
        closes: head.closes,
      };
      this.#state = "collect";
      return true;
    }
    if (head.chunked) {
      this.#chunks = new ChunkScanner();
      this.#state = "chunked";
    } else if (head.contentLength !== NO_LENGTH && length > 0) {
      this.#remaining = length;
      this.#state = "length";
    } else {
      this.#bodyEnded();
    }
    return false;
  }

  #bodyEnded(): void {
    this.#state = this.#current!.mayTurnRaw && !this.#current!.answered ? "undecided" : "head";
  }

  /** Adds to the request that is being collected; returns what belongs to the next one. */
  #collect(bytes: Uint8Array, pieces: RequestPiece[]): Uint8Array {
    const collection = this.#collection!;
    const { chunks, headLength } = collection;
    const before = this.#held.length;
    let used: number;
    let complete: boolean;
    if (chunks === undefined) {
      used = Math.min(bytes.length, collection.totalLength - before);
      complete = before + used === collection.totalLength;
    } else {
      used = chunks.scan(bytes, Math.max(0, headLength - before));
      complete = chunks.done;
    }
    this.#held.append(bytes.subarray(0, used));
    const tooLong = this.#held.length - headLength > RELAY_LIMITS.rewrittenBodyBytes;
    if (complete && !tooLong) {
      const request = { ...collection, bytes: this.#held.take(), chunked: chunks !== undefined };
      const rewritten = rewriteRequest(request, collection.subject, this.options.translatePath);
      pieces.push(
        rewritten instanceof Uint8Array
          ? rewritten
          : { ...rewritten, request: this.#current!, closes: collection.closes },
      );
      this.#bodyEnded();
    } else if (complete || tooLong || chunks?.failed) {
      pieces.push(this.#held.take());
      this.#chunks = chunks!; // only a body without a declared length grows past the limit, or fails
      if (complete) this.#bodyEnded();
      else this.#state = chunks!.failed ? "raw" : "chunked";
    }
    return bytes.subarray(used);
  }
}
