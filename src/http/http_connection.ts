import type { Duplex } from "../streams/duplex.ts";
import { ConnectionInput } from "./connection_input.ts";
import type { HttpLimits } from "./http_limits.ts";
import { RequestBody } from "./request_body.ts";
import { BadRequest, type RequestHead } from "./request_head.ts";
import { sendResponse } from "./response_output.ts";

const CONTINUE = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n");

/** Serves requests. */
export interface HttpHandler {
  fetch(request: Request): Response | Promise<Response>;
  /** The response to a request that is not valid, or whose handler failed. */
  refuse(problem: BadRequest | unknown): Response;
}

/** The connection of one client, from its first request to its end. */
export class HttpConnection {
  /** Whether no request is in progress, so that closing the connection loses no response. */
  isIdle = true;
  readonly #client: Duplex;
  readonly #origin: string;
  readonly #handler: HttpHandler;
  readonly #limits: HttpLimits;
  readonly #input: ConnectionInput;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ending = false;

  /** @param origin The server's origin, such as `http://127.0.0.1:8080`. */
  constructor(client: Duplex, origin: string, handler: HttpHandler, limits: HttpLimits) {
    this.#client = client;
    this.#origin = origin;
    this.#handler = handler;
    this.#limits = limits;
    this.#input = new ConnectionInput({ read: () => client.read() }, limits);
  }

  /** Serves requests, one after the other, until either side ends. Never rejects. */
  async run(): Promise<void> {
    try {
      do {
        this.isIdle = true;
        this.#limit(this.#limits.headMilliseconds);
        const head = await this.#input.head();
        this.#limit(undefined);
        if (head === undefined) return;
        this.isIdle = false;
        if (!await this.#answer(head) || this.#ending) return;
        this.isIdle = true;
        this.#limit(this.#limits.idleMilliseconds);
      } while (this.#input.waits || await this.#input.more());
    } catch (error) {
      if (error instanceof BadRequest) await this.#refuse(error);
      // Otherwise the client disconnected during a response, which affects only itself.
    } finally {
      this.close();
    }
  }

  /** Ends the connection once the response in progress is sent. */
  end(): void {
    this.#ending = true;
    if (this.isIdle) this.close();
  }

  /** Ends the connection at once. */
  close(): void {
    clearTimeout(this.#timer);
    this.#client.close();
  }

  /** Responds to one request; resolves to whether another may follow. */
  async #answer(head: RequestHead): Promise<boolean> {
    const body = new RequestBody(this.#input, head, {
      begin: async () => {
        if (head.expectsContinue) await this.#client.write(CONTINUE);
      },
      timed: (read) => this.#timed(read),
    });
    const gone = new AbortController();
    const answered = new AbortController();
    void body.completed.then(() => this.#input.ended(answered.signal)).then((hasEnded) => {
      if (hasEnded) gone.abort();
    });
    const response = await this.#respond(head, body, gone.signal);
    const keeps = head.keeps && !this.#ending && !(head.expectsContinue && !body.isOver);
    try {
      const goesOn = await sendResponse(response, {
        connection: { write: (bytes) => this.#write(bytes) },
        request: head,
        keeps,
        gone: gone.signal,
      }) && await body.skip(this.#limits.unreadBytes);
      if (!goesOn && !body.isOver) await this.#drain();
      return goesOn;
    } finally {
      answered.abort();
    }
  }

  async #respond(head: RequestHead, body: RequestBody, signal: AbortSignal): Promise<Response> {
    try {
      const { method, headers, target } = head;
      const stream = method === "GET" || method === "HEAD" ? null : body.stream();
      return await this.#handler.fetch(
        new Request(`${this.#origin}${target}`, { method, headers, body: stream, signal }),
      );
    } catch (error) {
      return this.#handler.refuse(error);
    }
  }

  async #refuse(problem: BadRequest): Promise<void> {
    this.isIdle = false;
    const request = { method: "GET", chunks: false };
    const { signal: gone } = new AbortController();
    await sendResponse(this.#handler.refuse(problem), {
      connection: { write: (bytes) => this.#write(bytes) },
      request,
      keeps: false,
      gone,
    }).then(() => this.#drain()).catch(() => {}); // it disconnected before the response
  }

  /**
   * Drops what a client still sends after its response: if the connection were closed meanwhile, the client would see a
   * failure to send and might not read the response.
   */
  async #drain(): Promise<void> {
    this.isIdle = true;
    await this.#client.closeWrite();
    this.#limit(this.#limits.drainMilliseconds);
    let left = this.#limits.drainBytes - this.#input.take(Infinity).length;
    while (left > 0 && !this.#ending && await this.#input.more()) left -= this.#input.take(Infinity).length;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#limit(this.#limits.writeMilliseconds);
    await this.#client.write(bytes);
    this.#limit(undefined);
  }

  async #timed<Value>(work: () => Promise<Value>): Promise<Value> {
    this.#limit(this.#limits.bodyMilliseconds);
    try {
      return await work();
    } finally {
      this.#limit(undefined);
    }
  }

  /** Closes the connection if this is not called again in time. */
  #limit(milliseconds: number | undefined): void {
    clearTimeout(this.#timer);
    this.#timer = milliseconds === undefined ? undefined : setTimeout(() => this.close(), milliseconds);
  }
}
