import { errorText } from "../errors/error_text.ts";
import type { Log } from "../logging/log.ts";
import type { ClientConnection } from "../platform/listener.ts";
import { Answers } from "./answers.ts";
import { ClientSide } from "./client_side.ts";
import type { ClientWatch, WatchedClient } from "./client_watch.ts";
import type { ConnectionReport } from "./connection_report.ts";
import { EngineSide } from "./engine_side.ts";
import type { ActiveRequest } from "./http/pending_request.ts";
import type { BeforeStart } from "./http/held_start.ts";
import type { HeldRequest, RefusedRequest, RequestPiece } from "./http/request_piece.ts";
import { RequestScanner } from "./http/request_scanner.ts";
import { ResponseScanner } from "./http/response_scanner.ts";
import { shownPath } from "./http/shown_path.ts";
import type { Rewriting } from "./paths/request_rewriter.ts";
import { PendingRequests } from "./pending_requests.ts";
import { stationOf } from "./station.ts";
import { type OpenUpstream, type Upstream, upstreamState } from "./upstream.ts";

export interface RelayConnectionOptions extends Rewriting {
  /** Number of the connection, unique within the host; log lines carry it. */
  readonly id: number;
  readonly openUpstream: OpenUpstream;
  readonly beforeStart?: BeforeStart | undefined;
  readonly log: Log;
  readonly watch: ClientWatch;
  /** Called for each request whose answer is complete, or whose connection ended before. */
  readonly requestEnded?: ((request: ActiveRequest) => void) | undefined;
}

/**
 * One client's connection, joined to a stream to the engine when its first byte comes, and to a new one after each
 * time that the stream was released. It moves bytes between its two sides, and asks the scanners what they mean.
 *
 * - A client's half-close reaches the engine as a half-close; a client that is gone altogether ends both.
 * - The end of a raw stream ends both, with every sign of an end that a client may wait for.
 * - If the engine fails before it has begun to answer, the relay answers; in the middle of an answer, its failure ends
 *   the client's connection without a clean end.
 */
export class RelayConnection implements WatchedClient {
  readonly #since = Date.now();
  readonly #client: ClientSide;
  readonly #engine: EngineSide;
  readonly #pending: PendingRequests;
  readonly #requests: RequestScanner;
  readonly #responses: ResponseScanner;
  readonly #answers: Answers;
  /** Set while the paths of a request are being translated. */
  #translating: AbortController | undefined;
  /** Settled once the client has sent all that it will. */
  #uploaded: Promise<void> = Promise.resolve();
  #sentBytes = 0;
  #closed = false;
  /** Whether we read from the client. */
  #uploading = false;
  /** Wakes the upload that waits for an answer to decide what the client's next bytes are. */
  #decided: PromiseWithResolvers<void> | undefined;

  constructor(private readonly client: ClientConnection, private readonly options: RelayConnectionOptions) {
    const { id, log, requestEnded } = options;
    this.#client = new ClientSide(client, () => this.close());
    this.#engine = new EngineSide(options.openUpstream);
    this.#pending = new PendingRequests({
      connection: id,
      log,
      streamId: () => this.#engine.streamId,
      requestEnded,
    });
    this.#requests = new RequestScanner({
      translatePath: options.translatePath,
      changeContainer: options.changeContainer,
      beforeStart: options.beforeStart,
      started: (request) => this.#pending.started(request),
      allowBody: () => this.#answers.allowBody(),
    });
    this.#responses = new ResponseScanner({
      oldest: () => this.#pending.oldest,
      turnedRaw: () => {
        this.#requests.turnRaw();
        this.#watchWhereNeeded();
        this.#decided?.resolve();
      },
      answered: (request) => {
        this.#requests.answered(request);
        this.#decided?.resolve();
      },
      finished: () => this.#pending.finished(),
    });
    this.#answers = new Answers({
      id,
      client: this.#client,
      pending: this.#pending,
      requests: this.#requests,
      responses: this.#responses,
      log,
    });
  }

  /** The requests without a complete answer, oldest first. */
  get activeRequests(): readonly ActiveRequest[] {
    return this.#pending.all;
  }

  /** What the connection is doing at the moment. */
  report(now: number): ConnectionReport {
    return {
      id: this.options.id,
      ageMs: now - this.#since,
      stream: this.#engine.streamId ?? null,
      station: stationOf({
        isEnding: this.#closed || this.#client.ended,
        isOpening: this.#engine.isOpening,
        isWritingToClient: this.#client.busy,
        isWritingToEngine: this.#engine.isWriting,
        isTranslating: this.#translating !== undefined,
        isRaw: this.#requests.raw,
        waitsForTurn: this.#client.waitsForTurn,
        hasRequest: this.#pending.oldest !== undefined,
        isMidRequest: this.#requests.midRequest,
        isMidAnswer: !this.#responses.atRest,
      }),
      receivedBytes: this.#pending.receivedBytes,
      sentBytes: this.#sentBytes,
      requests: this.#pending.all.map(({ id, kind, method, path, since, status = null }) => ({
        id,
        kind,
        method,
        path: shownPath(path),
        ageMs: now - since,
        status,
      })),
    };
  }

  /** Serves the connection until it ends. Never rejects. */
  async run(): Promise<void> {
    try {
      // A client that connects and leaves, as a probe does, must not start the engine.
      const first = await this.#client.read();
      if (first === null) return;
      this.#uploaded = this.#upload(first);
      await this.#uploaded;
      await this.#engine.downloaded;
    } catch (error) {
      this.options.log("debug", "relay.connection.failed", {
        connection: this.options.id,
        reason: errorText(error),
      });
    } finally {
      this.close();
    }
  }

  /**
   * Releases the stream to the engine if nothing is in progress; the next request opens another one. So a client's idle
   * connection does not notice that the engine was stopped.
   */
  releaseIdleStream(): void {
    const isBusy = this.#pending.oldest !== undefined || this.#requests.raw || !this.#uploading ||
      !this.#requests.atRest || !this.#responses.atRest || this.#client.busy;
    if (!isBusy) this.#engine.release();
  }

  /** Ends both sides at once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.options.watch.delete(this);
    this.#translating?.abort();
    this.#client.wake();
    this.#decided?.resolve();
    this.client.close();
    this.#engine.close();
    this.#pending.endAll();
  }

  /** Closes the connection if its client has vanished. */
  async checkClient(): Promise<void> {
    if (!await this.#client.hasVanished(this.#uploading) || this.#closed) return;
    const requests = this.#pending.all.length;
    if (requests > 0) {
      this.options.log("debug", "relay.client.gone", { connection: this.options.id, requests });
    }
    this.close();
  }

  /** Joins the client to the engine. Whether that worked; if not, the client has been answered. */
  async #attach(): Promise<boolean> {
    this.#uploading = false;
    this.#watchWhereNeeded();
    try {
      return await this.#engine.attach((stream) => {
        this.#uploading = true;
        this.#watchWhereNeeded();
        const { log, id } = this.options;
        log("debug", "relay.stream.opened", { connection: id, stream: stream.id });
        return this.#download(stream);
      });
    } catch (error) {
      if (!this.#closed) await this.#answers.unavailable(upstreamState(error), Promise.resolve());
      return false;
    }
  }

  /** Client to engine. */
  async #upload(first: Uint8Array): Promise<void> {
    try {
      for (let bytes: Uint8Array | null = first; bytes !== null; bytes = await this.#client.read()) {
        this.#sentBytes += bytes.length;
        const pieces = this.#requests.push(bytes);
        if (!this.#engine.isAttached && !await this.#attach()) return this.close();
        for (const piece of pieces) await this.#send(piece);
        while (this.#requests.holdsBack && !this.#closed) {
          if (this.#requests.undecided) await this.#whenDecided();
          for (const piece of this.#requests.resume()) await this.#send(piece);
        }
        if (this.#requests.over) break;
      }
      if (!this.#engine.isAttached) return this.close(); // released: nothing was in progress
      for (const piece of this.#requests.end()) await this.#send(piece);
      await this.#engine.closeWrite();
    } catch (error) {
      // The engine may have answered before it stopped taking bytes: that answer is still delivered.
      this.options.log("debug", "relay.upload.ended", {
        connection: this.options.id,
        reason: errorText(error),
      });
    }
    this.#uploading = false;
    this.#watchWhereNeeded();
    await this.checkClient();
  }

  #send(piece: RequestPiece): Promise<void> {
    if (piece instanceof Uint8Array) return this.#engine.write(piece);
    return "refusal" in piece ? this.#refuse(piece) : this.#sendHeld(piece);
  }

  /** Does not read from the client until an answer decides what the bytes that have come are. */
  async #whenDecided(): Promise<void> {
    this.#uploading = false;
    this.#watchWhereNeeded();
    this.#decided = Promise.withResolvers();
    await this.#decided.promise;
    this.#uploading = true;
    this.#watchWhereNeeded();
  }

  /** Translates the paths of a request, or asks whether it may be sent. The watch notices a client that leaves meanwhile: nothing reads from it. */
  async #sendHeld({ request, closes, rewrite }: HeldRequest): Promise<void> {
    this.options.watch.add(this);
    this.#translating = new AbortController();
    const rewritten = await rewrite(this.#translating.signal);
    this.#translating = undefined;
    this.#watchWhereNeeded();
    if (rewritten instanceof Uint8Array) return await this.#engine.write(rewritten);
    await this.#refuse({ request, closes, refusal: rewritten.refusal });
  }

  async #refuse(refused: RefusedRequest): Promise<void> {
    await this.#answers.refuse(refused, () => this.#closed);
    if (refused.closes) this.close();
  }

  /** Engine to client. */
  async #download(stream: Upstream): Promise<void> {
    let failure: string | undefined;
    try {
      for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) {
        await this.#answers.deliver(bytes);
      }
    } catch (error) {
      failure = upstreamState(error);
    }
    if (this.#closed || !this.#engine.isPresent(stream)) return; // released
    await this.#answers.end(stream, failure, this.#uploaded);
    this.close();
  }

  /**
   * Has the client watched only where its departure would go unnoticed: while we do not read from it, and in raw mode,
   * where a read can queue behind a blocked write.
   */
  #watchWhereNeeded(): void {
    if (this.#closed || this.#client.ended) return;
    if (this.#requests.raw || !this.#uploading) this.options.watch.add(this);
    else this.options.watch.delete(this);
  }
}
