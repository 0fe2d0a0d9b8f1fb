import type { Log } from "../logging/log.ts";
import type { ClientConnection } from "../platform/listener.ts";
import type { ClientWatch, WatchedClient } from "./client_watch.ts";
import { linger } from "./linger.ts";
import { type ActiveRequest, type PendingRequest, rawRequest } from "./pending_request.ts";
import { refusedResponse, unavailableResponse } from "./own_response.ts";
import { RELAY_LIMITS } from "./relay_limits.ts";
import { type RefusedRequest, RequestScanner } from "./request_scanner.ts";
import { ResponseScanner } from "./response_scanner.ts";
import type { TranslatePath } from "./translate_path.ts";
import type { OpenUpstream, UpstreamDuplex } from "./upstream.ts";

/** What a connection needs from the relay. */
export interface RelayConnectionOptions {
  readonly openUpstream: OpenUpstream;
  readonly translatePath: TranslatePath;
  readonly log: Log;
  readonly watch: ClientWatch;
  /** Told each request whose answer is complete, or whose connection has ended before. */
  readonly requestEnded?: ((request: ActiveRequest) => void) | undefined;
}

const CONTINUE = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n");

/**
 * One client's connection, joined to one stream to the engine from its first byte on, and to a new one after each
 * time that the engine was let go.
 *
 * - Either side's half-close reaches the other as a half-close; a client that is gone altogether ends both.
 * - An engine that fails in the middle of an answer ends the client's connection without a clean end.
 */
export class RelayConnection implements WatchedClient {
  readonly #pending: PendingRequest[] = [];
  readonly #requests: RequestScanner;
  readonly #responses: ResponseScanner;
  /** Set while the engine's side is being opened. */
  #opening: AbortController | undefined;
  #upstream: UpstreamDuplex | undefined;
  /** Settled once the client has sent all that it will. */
  #uploaded: Promise<void> = Promise.resolve();
  /** Settled once the engine has sent all that it will on the present stream. */
  #downloaded: Promise<void> = Promise.resolve();
  #closed = false;
  /** Whether the client's bytes are still being taken. */
  #uploading = false;
  /** Whether the client has been told that no more will come. Then nothing but a read can tell that it is gone. */
  #writeClosed = false;
  /** Whether bytes from the engine are on their way to the client. */
  #writingToClient = false;
  #interim: Promise<void> | undefined;
  /** Set while the answer to a refused request waits for those before it. */
  #turn: PromiseWithResolvers<void> | undefined;
  /** Reads from the client so far, to tell a slow upload from a stuck one. */
  #reads = 0;
  #readsWhenGone = 0;
  #checksWhenGone = 0;

  constructor(private readonly client: ClientConnection, private readonly options: RelayConnectionOptions) {
    this.#requests = new RequestScanner({
      translatePath: options.translatePath,
      started: (request) => this.#pending.push(request),
      allowBody: () => this.#allowBody(),
    });
    this.#responses = new ResponseScanner({
      oldest: () => this.#pending[0],
      turnedRaw: () => this.#requests.turnRaw(),
      answered: (request) => this.#requests.answered(request),
      finished: () => {
        const request = this.#pending.shift();
        if (request !== undefined) options.requestEnded?.(request);
      },
    });
  }

  /** The requests without a complete answer, oldest first. */
  get activeRequests(): readonly ActiveRequest[] {
    return this.#pending;
  }

  /** Serves the connection until it ends. Never rejects. */
  async run(): Promise<void> {
    try {
      // A client that connects and leaves, as a probe does, must not start the engine.
      const first = await this.client.read();
      if (first === null) return;
      this.#reads++;
      this.#uploaded = this.#upload(first);
      await this.#uploaded;
      await this.#downloaded;
    } catch (error) {
      this.options.log("debug", "relay.connection.failed", { reason: reasonOf(error) });
    } finally {
      this.close();
    }
  }

  /**
   * Gives the stream to the engine back if nothing is under way; the next request opens another. So a client's idle
   * connection does not notice that the engine was stopped.
   */
  letGo(): void {
    const isBusy = this.#pending.length > 0 || this.#requests.raw || !this.#uploading ||
      !this.#requests.atRest || !this.#responses.atRest || this.#writingToClient;
    if (isBusy) return;
    const upstream = this.#upstream;
    this.#upstream = undefined;
    upstream?.close();
  }

  /** Ends both sides at once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.options.watch.delete(this);
    this.#opening?.abort();
    this.#turn?.resolve();
    this.client.close();
    this.#upstream?.close();
    for (const request of this.#pending.splice(0)) this.options.requestEnded?.(request);
  }

  /** Closes the connection if its client has vanished. */
  async checkClient(): Promise<void> {
    if (this.#writeClosed || !await this.client.isGone() || this.#writeClosed || this.#closed) return;
    if (this.#uploading) {
      // What the client left behind is still to be delivered, unless the engine does not take it.
      if (this.#reads !== this.#readsWhenGone) this.#checksWhenGone = 0;
      this.#readsWhenGone = this.#reads;
      if (++this.#checksWhenGone < RELAY_LIMITS.goneChecks) return;
    }
    if (this.#pending.length > 0) {
      this.options.log("debug", "relay.client.gone", { requests: this.#pending.length });
    }
    this.close();
  }

  /** Joins the client to the engine from here on. Whether that worked; if not, the client has been told. */
  async #attach(): Promise<boolean> {
    this.#uploading = false;
    await this.#downloaded; // of the stream that was given back
    const upstream = await this.#open();
    if (upstream === undefined) return false;
    this.#upstream = upstream;
    this.#uploading = true;
    this.#watchWhereNeeded();
    this.#downloaded = this.#download(upstream);
    return true;
  }

  async #open(): Promise<UpstreamDuplex | undefined> {
    this.#watchWhereNeeded();
    this.#opening = new AbortController();
    try {
      const upstream = await this.options.openUpstream(this.#opening.signal);
      this.#opening = undefined; // to abort costs much, even if nobody listens
      if (this.#closed) {
        upstream.close();
        return undefined;
      }
      return upstream;
    } catch (error) {
      if (this.#closed) return undefined;
      this.options.log("warn", "relay.engine.unreachable", { reason: reasonOf(error) });
      await this.#refuse(reasonOf(error));
      return undefined;
    }
  }

  /** Says why the engine cannot be reached, if the client speaks HTTP, and gives it time to read that. */
  async #refuse(state: string): Promise<void> {
    if (this.#requests.raw) return;
    await this.#interim;
    await this.client.write(unavailableResponse(state, this.#pending[0]?.method === "HEAD"));
    await this.#closeWriteToClient();
    await linger(this.#discard());
  }

  async #discard(): Promise<void> {
    while (await this.client.read() !== null);
  }

  /** Client to engine. */
  async #upload(first: Uint8Array): Promise<void> {
    try {
      for (let bytes: Uint8Array | null = first; bytes !== null; bytes = await this.#readClient()) {
        const pieces = this.#requests.raw ? [bytes] : this.#requests.push(bytes);
        this.#noteRaw();
        if (this.#upstream === undefined && !await this.#attach()) return this.close();
        for (const piece of pieces) {
          if (piece instanceof Uint8Array) await this.#upstream?.write(piece);
          else await this.#answerRefused(piece);
        }
      }
      if (this.#upstream === undefined) return this.close(); // given back: nothing was under way
      const rest = this.#requests.end();
      if (rest.length > 0) await this.#upstream.write(rest);
      await this.#upstream.closeWrite();
    } catch (error) {
      // The engine may have answered before it stopped taking bytes: what it said is still delivered.
      this.options.log("debug", "relay.upload.ended", { reason: reasonOf(error) });
    }
    this.#uploading = false;
    this.#watchWhereNeeded();
    await this.checkClient();
  }

  /** Answers in the engine's place, after its answers to earlier requests and before any to a later one. */
  async #answerRefused({ request, refusal, closes }: RefusedRequest): Promise<void> {
    this.options.log("info", "relay.request.refused", { reason: refusal });
    while (!this.#closed && (this.#pending[0] !== request || this.#writingToClient)) {
      this.#turn = Promise.withResolvers();
      await this.#turn.promise;
    }
    if (this.#interim !== undefined) await this.#interim;
    await this.client.write(refusedResponse(refusal, closes));
    this.#pending.shift();
    if (!closes) return;
    await this.#closeWriteToClient();
    await linger(this.#discard());
    this.close();
  }

  async #readClient(): Promise<Uint8Array | null> {
    try {
      const bytes = await this.client.read();
      this.#reads++;
      return bytes;
    } catch (error) {
      this.close(); // a client whose connection fails is gone
      throw error;
    }
  }

  /** Engine to client. */
  async #download(upstream: UpstreamDuplex): Promise<void> {
    try {
      for (let bytes = await upstream.read(); bytes !== null; bytes = await upstream.read()) {
        if (!this.#requests.raw) {
          this.#responses.push(bytes);
          if (this.#requests.raw) this.#watchWhereNeeded();
        }
        this.#writingToClient = true;
        if (this.#interim !== undefined) await this.#interim;
        await this.client.write(bytes);
        this.#writingToClient = false;
        this.#turn?.resolve();
      }
    } catch (error) {
      if (this.#upstream !== upstream) return; // given back
      if (!this.#closed) this.options.log("debug", "relay.download.failed", { reason: reasonOf(error) });
      return this.close();
    }
    if (this.#closed || this.#upstream !== upstream) return;
    if (this.#requests.raw) {
      upstream.gone?.addEventListener("abort", () => this.close(), { once: true });
      if (upstream.gone?.aborted === true) return this.close();
      await this.#closeWriteToClient();
    } else {
      if (!this.#requests.atRest) {
        await this.#closeWriteToClient();
        await linger(this.#uploaded.then(() => this.#discard()));
      }
      this.close();
    }
  }

  async #closeWriteToClient(): Promise<void> {
    this.#writeClosed = true;
    this.options.watch.delete(this);
    await this.client.closeWrite().catch(() => this.close());
  }

  /** Tells the client to send its body, unless that would land in the middle of another answer. */
  #allowBody(): boolean {
    if (this.#pending.length > 1 || !this.#responses.atRest || this.#writingToClient) return false;
    this.#interim = this.client.write(CONTINUE).catch(() => this.close());
    return true;
  }

  /** A connection that is not HTTP counts as one request of its own kind. */
  #noteRaw(): void {
    if (!this.#requests.raw) return;
    if (this.#pending.length === 0) this.#pending.push(rawRequest());
    this.#watchWhereNeeded();
  }

  /** Looked at is who is not being read from, and who could have a read wait behind a stuck write: raw streams. */
  #watchWhereNeeded(): void {
    if (this.#closed || this.#writeClosed) return;
    if (this.#requests.raw || !this.#uploading) this.options.watch.add(this);
    else this.options.watch.delete(this);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
