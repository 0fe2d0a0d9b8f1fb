import { isKept, type Log } from "../logging/log.ts";
import type { ActiveRequest, PendingRequest } from "./http/pending_request.ts";
import { shownPath } from "./http/shown_path.ts";

/** Dependencies of {@linkcode PendingRequests}. */
export interface PendingRequestsOptions {
  /** Number of the connection; the first part of each request's id. */
  readonly connection: number;
  readonly log: Log;
  /** The stream to the engine that the connection has at the moment. */
  readonly streamId: () => number | undefined;
  /** Called for each request whose answer is complete, or whose connection ended before. */
  readonly requestEnded?: ((request: ActiveRequest) => void) | undefined;
}

/** The requests of one connection that are not completely answered, oldest first. Logs the beginning and end of each. */
export class PendingRequests {
  readonly #requests: PendingRequest[] = [];
  readonly #options: PendingRequestsOptions;
  #last = 0;
  /** Bytes that the engine has sent to this connection. */
  #received = 0;

  constructor(options: PendingRequestsOptions) {
    this.#options = options;
  }

  get all(): readonly PendingRequest[] {
    return this.#requests;
  }

  get oldest(): PendingRequest | undefined {
    return this.#requests[0];
  }

  /** Bytes that the engine has sent, in all answers. */
  get receivedBytes(): number {
    return this.#received;
  }

  /** Counts bytes of an answer. */
  received(bytes: number): void {
    this.#received += bytes;
  }

  /** The head of a request is complete. */
  started(request: PendingRequest): void {
    request.id = `${this.#options.connection}.${++this.#last}`;
    request.receivedBefore = this.#received;
    this.#requests.push(request);
    if (!isKept(this.#options.log, "debug")) return;
    const { id, method, path, kind } = request;
    this.#options.log("debug", "relay.request.started", {
      request: id,
      stream: this.#options.streamId(),
      method,
      path: shownPath(path),
      kind,
    });
  }

  /** The oldest request is completely answered. */
  finished(): void {
    const request = this.#requests.shift();
    if (request === undefined) return;
    this.#ended(request, "answered");
    this.#options.requestEnded?.(request);
  }

  /** The oldest request was answered by the relay itself. */
  refused(): void {
    const request = this.#requests.shift();
    if (request !== undefined) this.#ended(request, "refused");
  }

  /** The connection ends; the answers that are missing never come. */
  endAll(): void {
    for (const request of this.#requests.splice(0)) {
      this.#ended(request, "connection ended");
      this.#options.requestEnded?.(request);
    }
  }

  #ended(request: PendingRequest, end: string): void {
    if (isKept(this.#options.log, "debug")) this.#logEnd(request, end);
    // The next answer may begin in the bytes that ended this one.
    const next = this.#requests[0];
    if (next !== undefined) next.receivedBefore = this.#received;
  }

  #logEnd(request: PendingRequest, end: string): void {
    const { id, method, path, status, since, receivedBefore } = request;
    this.#options.log("debug", "relay.request.ended", {
      request: id,
      stream: this.#options.streamId(),
      method,
      path: shownPath(path),
      status,
      end,
      milliseconds: Date.now() - since,
      bytes: this.#received - receivedBefore,
    });
  }
}
