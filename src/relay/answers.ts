import type { Log } from "../logging/log.ts";
import type { ClientSide } from "./client_side.ts";
import { refusedResponse, unavailableResponse } from "./http/own_response.ts";
import type { RefusedRequest } from "./http/request_piece.ts";
import type { RequestScanner } from "./http/request_scanner.ts";
import type { ResponseScanner } from "./http/response_scanner.ts";
import type { PendingRequests } from "./pending_requests.ts";
import type { Upstream } from "./upstream.ts";

/** Dependencies of {@linkcode Answers}. */
export interface AnswersOptions {
  /** Number of the connection. */
  readonly id: number;
  readonly client: ClientSide;
  readonly pending: PendingRequests;
  readonly requests: RequestScanner;
  readonly responses: ResponseScanner;
  readonly log: Log;
}

/** All that one client gets: the engine's answers, and the relay's own in the engine's place. */
export class Answers {
  readonly #options: AnswersOptions;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** Passes on bytes of the engine. */
  deliver(bytes: Uint8Array): Promise<void> {
    const { client, pending, requests, responses } = this.#options;
    pending.received(bytes.length);
    if (requests.raw) return client.write(bytes);
    const rawFrom = responses.push(bytes);
    if (rawFrom === bytes.length) return client.write(bytes);
    return client.writeApart(bytes.subarray(0, rawFrom), bytes.subarray(rawFrom));
  }

  /**
   * Answers why the engine cannot be reached, and gives the client time to read that.
   *
   * @param uploaded Resolves once nothing else reads from the client.
   */
  async unavailable(state: string, uploaded: Promise<void>): Promise<void> {
    const { id, client, pending, log } = this.#options;
    log("warn", "relay.engine.unreachable", { connection: id, reason: state });
    await client.write(unavailableResponse(state, pending.oldest?.method === "HEAD"));
    await client.finish(uploaded);
  }

  /**
   * Refuses a request in the engine's place, after its answers to earlier requests and before any to a later one.
   *
   * @param isClosed Whether the connection has ended meanwhile.
   */
  async refuse({ request, refusal, closes }: RefusedRequest, isClosed: () => boolean): Promise<void> {
    const { id, client, pending, log } = this.#options;
    log("info", "relay.request.refused", { connection: id, reason: refusal.message });
    await client.whenTurn(() => isClosed() || (!client.busy && pending.oldest === request));
    await client.write(refusedResponse(refusal, closes));
    pending.refused();
    if (closes) await client.finish(Promise.resolve());
  }

  /**
   * The engine's stream has ended; ends the client's side in the way that fits.
   *
   * @param failure Why, if it did not end in good order.
   * @param uploaded Resolves once nothing else reads from the client.
   */
  async end(stream: Upstream, failure: string | undefined, uploaded: Promise<void>): Promise<void> {
    const { client, requests, log } = this.#options;
    if (failure !== undefined) log("debug", "relay.download.failed", { stream: stream.id, reason: failure });
    if (this.#isUnanswered()) {
      await this.unavailable(failure ?? "it closed the connection without an answer", uploaded);
    } else if (failure === undefined) {
      if (requests.raw) await this.#endRaw(stream, uploaded);
      else if (requests.atRest) await client.finishIdle();
      else await client.finish(uploaded);
    }
  }

  /** Asks the client to send its body, unless that would land in the middle of another answer. */
  allowBody(): boolean {
    const { client, pending, responses } = this.#options;
    if (pending.all.length > 1 || !responses.atRest || client.busy) return false;
    client.sendContinue();
    return true;
  }

  /** Whether a client waits for an answer of which nothing has been sent. */
  #isUnanswered(): boolean {
    const { client, pending, requests, responses } = this.#options;
    if (requests.raw || !responses.atRest || client.busy) return false;
    return pending.oldest !== undefined || requests.midHead;
  }

  /** dockerd has ended a raw stream, in both directions: nothing reads what the client still sends. */
  async #endRaw(stream: Upstream, uploaded: Promise<void>): Promise<void> {
    stream.close();
    this.#options.pending.endAll();
    await this.#options.client.finishRaw(uploaded);
  }
}
