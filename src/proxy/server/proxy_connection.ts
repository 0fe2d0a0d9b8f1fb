import { PROXY_HOSTNAME } from "../../agent/protocol/network_names.ts";
import type { ProxyClient } from "../../agent/protocol/stream_target.ts";
import { errorText } from "../../errors/error_text.ts";
import type { Duplex } from "../../streams/duplex.ts";
import { HALF_CLOSED_IDLE_MILLISECONDS } from "../../streams/half_close_watch.ts";
import { type Joinable, joinStreams } from "../../streams/join_streams.ts";
import { sleep } from "../../timing/sleep.ts";
import { ByteInput, EndedEarly, TooLong } from "../http/byte_input.ts";
import { BadProxyRequest } from "../http/message_errors.ts";
import { headBytes, readRequestHead, type RequestHead, valuesOf } from "../http/message_head.ts";
import { readWish } from "../http/request_target.ts";
import { PROXY_LIMITS } from "../proxy_limits.ts";
import { withFirstBytes } from "../upstream/first_bytes.ts";
import type { Target } from "../way.ts";
import { type AnswerPage, failurePage, OWN_PAGE, pageBytes } from "./answer_page.ts";
import { Forwarder } from "./forwarder.ts";
import type { ProxyParts } from "./proxy_parts.ts";
import { NoWay, throughWays } from "./through_ways.ts";

const ESTABLISHED = headBytes("HTTP/1.1 200 Connection established", []);

/** One client's connection to the network proxy, from its first request to its end. */
export class ProxyConnection {
  readonly #client: Joinable;
  readonly #name: ProxyClient;
  readonly #parts: ProxyParts;
  readonly #input: ByteInput;
  readonly #forwarder: Forwarder;
  /** Aborted when the client has gone, or the proxy ends. */
  readonly #gone = new AbortController();

  /** @param client Is closed at the end. */
  constructor(client: Joinable, { name, parts }: { readonly name: ProxyClient; readonly parts: ProxyParts }) {
    [this.#client, this.#name, this.#parts] = [client, name, parts];
    this.#input = new ByteInput(client);
    this.#forwarder = new Forwarder(client, this.#input, { name, parts });
  }

  /** Serves requests, one after the other, until either side ends. Never rejects. */
  async run(): Promise<void> {
    const left = () => this.#gone.abort(this.#client.gone?.reason);
    this.#client.gone?.addEventListener("abort", left, { once: true });
    if (this.#client.gone?.aborted) left();
    try {
      for (let isFirst = true; await this.#serveNext(isFirst); isFirst = false);
      await this.#drain();
    } catch (error) {
      // It has disconnected, or the other end of a transfer has: that concerns this connection alone.
      const reason = errorText(error);
      this.#parts.log("debug", "network.proxy.broken", { client: this.#name, reason });
      // An orderly end would make what it has of an answer look complete.
      this.#client.reset?.(reason);
    } finally {
      this.#client.gone?.removeEventListener("abort", left);
      this.#forwarder[Symbol.dispose]();
      this.#client.close();
    }
  }

  /** Ends the connection as broken. */
  end(reason: string): void {
    this.#gone.abort(new Error(reason));
    this.#client.reset?.(reason);
    this.#client.close();
  }

  /** Serves one request. @returns Whether another may follow. */
  async #serveNext(isFirst: boolean): Promise<boolean> {
    let head: RequestHead | undefined;
    try {
      head = await this.#readHead(isFirst);
      if (head === undefined) return false;
      const wish = readWish(head);
      if (wish.kind === "own" || (wish.kind === "forward" && wish.target.hostname === PROXY_HOSTNAME)) {
        await this.#send(OWN_PAGE, head);
        return false;
      }
      if (wish.kind === "forward") return await this.#forwarder.forward(head, wish, this.#gone.signal);
      await this.#tunnel(wish.target, head);
      return false;
    } catch (error) {
      if (!(error instanceof BadProxyRequest || error instanceof NoWay)) throw error;
      const { log } = this.#parts;
      log("debug", "network.proxy.refused", { client: this.#name, reason: error.message });
      await this.#send(failurePage(error), head);
      return false;
    }
  }

  /** The next head; `undefined` if the client ends before one, or sends none in time. @throws {BadProxyRequest} */
  async #readHead(isFirst: boolean): Promise<RequestHead | undefined> {
    const { headBytes: maximum } = PROXY_LIMITS;
    const { headMilliseconds, idleMilliseconds } = this.#parts.limits ?? PROXY_LIMITS;
    // Between requests the other time holds until the first byte; a head then comes at once.
    const milliseconds = isFirst || this.#input.waits ? headMilliseconds : idleMilliseconds;
    const timer = setTimeout(() => this.#client.close(), milliseconds);
    try {
      const bytes = await this.#input.head(maximum);
      return bytes === undefined ? undefined : readRequestHead(bytes);
    } catch (error) {
      if (error instanceof EndedEarly) return undefined;
      if (!(error instanceof TooLong)) throw error;
      throw new BadProxyRequest(431, `its head has more than ${maximum} bytes`);
    } finally {
      clearTimeout(timer);
    }
  }

  async #tunnel(target: Target, head: RequestHead): Promise<void> {
    const { signal } = this.#gone;
    if (target.hostname === PROXY_HOSTNAME) {
      throw new BadProxyRequest(400, `its target is ${PROXY_HOSTNAME}, this proxy itself`);
    }
    const [userAgent] = valuesOf(head.fields, "user-agent");
    const options = { client: this.#name, signal, since: performance.now() };
    const { opened } = await throughWays<Duplex>(
      target,
      this.#parts,
      options,
      async (way, options) => await this.#parts.opener.tunnel(target, way, { ...options, userAgent }),
    );
    try {
      signal.throwIfAborted();
      await this.#client.write(ESTABLISHED);
    } catch (error) {
      opened.close();
      throw error;
    }
    await joinStreams(withFirstBytes(this.#client, this.#input.peek()), opened, {
      halfClosed: { idleMilliseconds: HALF_CLOSED_IDLE_MILLISECONDS },
    });
  }

  async #send(page: AnswerPage, head: RequestHead | undefined): Promise<void> {
    const method = head?.method ?? "GET";
    for (const bytes of pageBytes(page, { method })) await this.#client.write(bytes);
  }

  /** A client that is closed on while it sends might not look for its answer. */
  async #drain(): Promise<void> {
    if (this.#gone.signal.aborted) return;
    await this.#client.closeWrite();
    const late = new AbortController();
    await Promise.race([this.#readRest(), sleep(PROXY_LIMITS.drainMilliseconds, late.signal)]);
    late.abort();
  }

  async #readRest(): Promise<void> {
    await this.#forwarder.sent;
    let left: number = PROXY_LIMITS.drainBytes;
    for (
      let bytes = await this.#input.piece();
      bytes !== null && left > 0;
      bytes = await this.#input.piece()
    ) {
      left -= bytes.length;
    }
  }
}
