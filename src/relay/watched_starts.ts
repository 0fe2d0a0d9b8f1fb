import { headEnd, NO_LENGTH, readRequestHead, readResponseHead } from "./http/http_head.ts";
import { RELAY_LIMITS } from "./relay_limits.ts";
import type { Upstream } from "./upstream.ts";

/** What happens around the start of a container. None of them may reject. */
export interface StartWatch {
  /** The request waits for this. */
  before(container: string, signal: AbortSignal): Promise<void>;
  /**
   * dockerd has refused the start. Resolves to whether to ask it once more.
   *
   * @param refusal The body of its answer.
   * @param refusals How often it has refused this start by now, from 1 on.
   */
  refused(container: string, refusal: string, refusals: number, signal: AbortSignal): Promise<boolean>;
}

/** A start that has not been answered. */
interface Start {
  readonly container: string;
  readonly request: Uint8Array;
  refusals: number;
}

const FAILED = 500;
const START_REGEXP = /^(?:\/v[0-9.]+)?\/containers\/([^/?]+)\/(?:start|restart)(?:\?|$)/;
const POST = [0x50, 0x4f, 0x53, 0x54, 0x20]; // "POST "

/**
 * A connection to dockerd whose requests to start a container are watched, and repeated where the watch wants it; all
 * other bytes pass through as they are. Only a request that arrives whole and alone is watched, as every client sends
 * one that has no body.
 */
export class WatchedStarts implements Upstream {
  readonly #upstream: Upstream;
  readonly #watch: StartWatch;
  readonly #end = new AbortController();
  #start: Start | undefined;
  /** What has arrived of the answer to the start. */
  #held: Uint8Array = new Uint8Array();
  /** Whether the answers to all requests so far have begun. */
  #answered = true;

  constructor(upstream: Upstream, watch: StartWatch) {
    this.#upstream = upstream;
    this.#watch = watch;
  }

  get id(): number | undefined {
    return this.#upstream.id;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const container = this.#answered ? containerToStart(bytes) : undefined;
    this.#answered = false;
    this.#start = undefined; // a client that sends more before the answer gets each answer as it is
    if (container !== undefined) {
      const request = bytes.slice();
      await this.#watch.before(container, this.#end.signal);
      this.#start = { container, request, refusals: 0 };
      return await this.#upstream.write(request);
    }
    await this.#upstream.write(bytes);
  }

  async read(): Promise<Uint8Array | null> {
    for (;;) {
      const bytes = await this.#upstream.read();
      this.#answered = true;
      if (this.#start === undefined && this.#held.length === 0) return bytes;
      if (bytes === null) {
        // The end comes again at the next read.
        return this.#release() ?? null;
      }
      this.#held = joined(this.#held, bytes);
      const start = this.#start;
      if (start === undefined) return this.#release()!;
      const refusal = refusalIn(this.#held);
      if (refusal === "unfinished") continue;
      if (refusal === undefined || !await this.#repeats(start, refusal)) {
        this.#start = undefined;
        return this.#release()!;
      }
    }
  }

  closeWrite(): Promise<void> {
    this.#start = undefined; // it could not be asked again
    return this.#upstream.closeWrite();
  }

  close(): void {
    this.#end.abort();
    this.#upstream.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #repeats(start: Start, refusal: string): Promise<boolean> {
    const again = await this.#watch.refused(start.container, refusal, ++start.refusals, this.#end.signal);
    if (!again || this.#start !== start || this.#end.signal.aborted) return false;
    this.#held = new Uint8Array();
    await this.#upstream.write(start.request);
    return true;
  }

  #release(): Uint8Array | undefined {
    const bytes = this.#held;
    this.#held = new Uint8Array();
    return bytes.length > 0 ? bytes : undefined;
  }
}

/** Which container the bytes ask to start; nothing if they are not exactly one such request. Pure. */
export function containerToStart(bytes: Uint8Array): string | undefined {
  if (bytes.length > RELAY_LIMITS.headBytes || POST.some((byte, at) => bytes[at] !== byte)) return undefined;
  const end = headEnd(bytes, 0);
  const head = end < 0 ? undefined : readRequestHead(bytes, 0, end);
  if (head === undefined || head.chunked || head.upgrade || head.expectsContinue) return undefined;
  if (end + Math.max(0, head.contentLength) !== bytes.length) return undefined;
  return START_REGEXP.exec(head.target)?.[1];
}

/** The body of an answer that is a failure, once it is whole; nothing for any other answer. Pure. */
export function refusalIn(bytes: Uint8Array): string | "unfinished" | undefined {
  if (bytes.length > RELAY_LIMITS.headBytes) return undefined;
  const end = headEnd(bytes, 0);
  if (end < 0) return "unfinished";
  const head = readResponseHead(bytes, 0, end);
  if (head?.status !== FAILED || head.chunked || head.contentLength === NO_LENGTH) return undefined;
  if (bytes.length < end + head.contentLength) return "unfinished";
  return bytes.length > end + head.contentLength ? undefined : new TextDecoder().decode(bytes.subarray(end));
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
