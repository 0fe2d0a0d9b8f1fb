import { ChunkScanner } from "./chunk_scanner.ts";
import { HeldBytes } from "./held_bytes.ts";
import type { BodySubject } from "../paths/host_paths.ts";
import { beginCollection, type Collection } from "./collection.ts";
import { type BeforeStart, heldStart } from "./held_start.ts";
import {
  hasOtherVersion,
  headEnd,
  isHttp2Preface,
  mayBeginRequest,
  readRequestHead,
  type RequestHead,
} from "./http_head.ts";
import { type PendingRequest, pendingRequest, unreadRequest } from "./pending_request.ts";
import { type Refusal, UNREADABLE, UNREADABLE_PATHS } from "./refusal.ts";
import { RELAY_LIMITS } from "../relay_limits.ts";
import { classifyRequest } from "./request_kind.ts";
import type { HeldRequest, RequestPiece } from "./request_piece.ts";
import { rewriteRequest, type Rewriting } from "../paths/request_rewriter.ts";

export interface RequestScannerOptions extends Rewriting {
  readonly beforeStart?: BeforeStart | undefined;
  /** A request begins. Called before any of its bytes are handed on. */
  started(request: PendingRequest): void;
  /**
   * The body of a request is needed before anything can be handed on, and its client waits for leave to send
   * it. Returns whether that leave was given.
   */
  allowBody(): boolean;
}

const ABSENT = -1;
const NOTHING = new Uint8Array(0);

/**
 * Follows the requests on one connection, and is the only part that may change them. Knows no transport:
 * `push()` takes what the client sent and returns what the engine is to get.
 *
 * Bytes are handed on as they come, except for a head until it is complete, for the few bodies that may hold host
 * paths, and for what follows a request whose answer may turn the connection raw. Bytes that came together and need no
 * change are returned as one piece. A request that is not understood is refused, since it could hold paths: only the
 * engine's agreement makes a connection raw.
 */
export class RequestScanner {
  /** `over`: whatever else the client sends is dropped. */
  #state: "head" | "length" | "chunked" | "collect" | "undecided" | "raw" | "over" = "head";
  readonly #held = new HeldBytes();
  /** Bytes still to come of a body with a length. */
  #remaining = 0;
  #chunks = new ChunkScanner();
  #collection: Collection | undefined;
  #current: PendingRequest | undefined;
  /** Whether what is held came behind a request that must be answered first. */
  #surplus = false;

  constructor(private readonly options: RequestScannerOptions) {}

  /** Whether bytes are now only copied. */
  get raw(): boolean {
    return this.#state === "raw";
  }

  /** Whether the last request has been handed on to its end and no part of another has come. */
  get atRest(): boolean {
    return (this.#state === "head" || this.#state === "over") && this.#held.length === 0;
  }

  /** Whether a head has begun to come. */
  get midHead(): boolean {
    return this.#state === "head" && this.#held.length > 0;
  }

  /** Whether part of a request has come, and the rest has not. */
  get midRequest(): boolean {
    return !this.atRest && this.#state !== "raw" && this.#state !== "undecided";
  }

  /** Whether an answer must come before the client's next bytes mean anything. */
  get undecided(): boolean {
    return this.#state === "undecided";
  }

  /** Whether bytes wait for `resume()`. Until then nothing is to be pushed. */
  get holdsBack(): boolean {
    return this.#surplus;
  }

  /** Whether nothing more of what the client sends is of any use. */
  get over(): boolean {
    return this.#state === "over";
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

  /** What to send of the bytes that were held back. */
  resume(): RequestPiece[] {
    this.#surplus = false;
    return this.push(this.#held.take());
  }

  /** The client has said that no more will come. A request of which a part is missing goes nowhere. */
  end(): RequestPiece[] {
    const pieces: RequestPiece[] = [];
    if (this.#state === "raw") return pieces;
    // A decoder of JSON takes a body whose value is complete, even if the client declared more.
    if (this.#state === "collect") this.#refuse(UNREADABLE_PATHS.end, pieces);
    this.#held.take();
    this.#state = "over";
    return pieces;
  }

  /** The engine has agreed to turn the connection raw. */
  turnRaw(): void {
    this.#state = "raw";
  }

  /** The final answer to `request` has come, and the connection stays HTTP. */
  answered(request: PendingRequest): void {
    request.answered = true;
    if (this.#state === "undecided" && request === this.#current) this.#state = "head";
  }

  /** Walks over bytes that stay as they are; returns those that are left when a body must be collected. */
  #scan(fresh: Uint8Array, pieces: RequestPiece[]): Uint8Array {
    let bytes = fresh;
    if (this.#held.length > 0) {
      if (!this.#held.appendToHead(fresh)) return this.#waitForHead(pieces);
      bytes = this.#held.take();
    }
    let at = 0;
    while (at < bytes.length) {
      switch (this.#state) {
        case "head": {
          const end = headEnd(bytes, at);
          if (end === ABSENT) {
            if (at > 0) pieces.push(bytes.subarray(0, at));
            this.#held.append(bytes.subarray(at));
            return this.#waitForHead(pieces);
          }
          const outcome = this.#begin(bytes, at, end);
          if (outcome === undefined) {
            at = end;
            break;
          }
          if (at > 0) pieces.push(bytes.subarray(0, at));
          if (outcome === "collect") return bytes.subarray(at);
          if ("rewrite" in outcome) {
            pieces.push(outcome);
            return bytes.subarray(end);
          }
          this.#refuse(outcome, pieces);
          return NOTHING;
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
          // The engine refuses these chunks as well. Where the next request would begin is unknown.
          if (this.#chunks.failed) this.#state = "over";
          else if (this.#chunks.done) this.#bodyEnded();
          break;
        case "undecided":
          if (at > 0) pieces.push(bytes.subarray(0, at));
          this.#held.append(bytes.subarray(at));
          this.#surplus = true;
          return NOTHING;
        case "over":
          if (at > 0) pieces.push(bytes.subarray(0, at));
          return NOTHING;
        case "collect":
        case "raw":
          at = bytes.length;
      }
    }
    pieces.push(bytes);
    return NOTHING;
  }

  /** Keeps the part of a head that is held, unless it cannot become one. */
  #waitForHead(pieces: RequestPiece[]): Uint8Array {
    const { bytes } = this.#held;
    this.#current = undefined;
    if (!mayBeginRequest(bytes, 0, RELAY_LIMITS.methodBytes)) this.#refuse(UNREADABLE.head, pieces);
    else if (bytes.length > RELAY_LIMITS.headBytes) this.#refuse(UNREADABLE.headSize, pieces);
    return NOTHING;
  }

  /** Takes note of a request whose head is complete. Returns why it is refused, or whether its body or its head waits. */
  #begin(bytes: Uint8Array, start: number, end: number): Refusal | "collect" | HeldRequest | undefined {
    this.#current = undefined;
    // As for a part of a head, so that it does not matter in how many pieces it comes.
    if (!mayBeginRequest(bytes, start, RELAY_LIMITS.methodBytes)) return UNREADABLE.head;
    if (end - start > RELAY_LIMITS.headBytes) return UNREADABLE.headSize;
    const head = readRequestHead(bytes, start, end);
    if (head === undefined) {
      if (!isHttp2Preface(bytes, start)) {
        return hasOtherVersion(bytes, start) ? UNREADABLE.version : UNREADABLE.head;
      }
      // The engine's dockerd knows no HTTP/2 without an upgrade: it says so and ends the connection.
      this.#start(unreadRequest("raw"));
      this.#state = "raw";
      return undefined;
    }
    const requestClass = classifyRequest(head.method, head.target);
    const request = this.#start(pendingRequest(head, requestClass));
    const length = Math.max(head.contentLength, 0);
    if (requestClass.subject !== undefined && (head.chunked || length > 0)) {
      return this.#beginCollection(head, requestClass.subject, end - start);
    }
    if (head.chunked) {
      this.#chunks = new ChunkScanner();
      this.#state = "chunked";
    } else if (length > 0) {
      this.#remaining = length;
      this.#state = "length";
    } else {
      this.#bodyEnded();
    }
    const { beforeStart } = this.options;
    const { starts: container } = requestClass;
    if (beforeStart === undefined || container === undefined) return undefined;
    return heldStart({ head, bytes: bytes.subarray(start, end), request, container }, beforeStart);
  }

  #beginCollection(head: RequestHead, subject: BodySubject, headLength: number): Refusal | "collect" {
    const collection = beginCollection(head, subject, headLength, () => this.options.allowBody());
    if ("status" in collection) return collection;
    this.#collection = collection;
    return this.#state = "collect";
  }

  #start(request: PendingRequest): PendingRequest {
    this.options.started(this.#current = request);
    return request;
  }

  /** Refuses the present request, of which nothing has been handed on, and all that the client sends after it. */
  #refuse(refusal: Refusal, pieces: RequestPiece[]): void {
    const request = this.#current ?? this.#start(unreadRequest("other"));
    this.#held.take();
    this.#state = "over";
    pieces.push({ request, refusal, closes: true });
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
    if (this.#held.length - headLength > RELAY_LIMITS.rewrittenBodyBytes) {
      this.#refuse(UNREADABLE_PATHS.size, pieces);
    } else if (chunks?.failed) {
      this.#refuse(UNREADABLE_PATHS.chunks, pieces);
    } else if (complete) {
      const request = { ...collection, bytes: this.#held.take(), chunked: chunks !== undefined };
      pieces.push({
        request: this.#current!,
        closes: collection.closes,
        rewrite: (signal) => rewriteRequest(request, collection.subject, this.options, signal),
      });
      this.#bodyEnded();
    }
    return bytes.subarray(used);
  }
}
