import type { ProxyClient } from "../../agent/protocol/stream_target.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { HALF_CLOSED_IDLE_MILLISECONDS } from "../../streams/half_close_watch.ts";
import { type Joinable, joinStreams } from "../../streams/join_streams.ts";
import { ByteInput } from "../http/byte_input.ts";
import { asksForUpgrade, fieldsOfAnswer } from "../http/forwarded_fields.ts";
import { framingOfAnswer, framingOfRequest, MessageBody } from "../http/message_body.ts";
import { BadAnswer } from "../http/message_errors.ts";
import { type AnswerHead, headBytes, membersOf, type RequestHead, valuesOf } from "../http/message_head.ts";
import { keepsConnection } from "../http/read_answer.ts";
import { PROXY_LIMITS } from "../proxy_limits.ts";
import type { SignIn } from "../sign_in/sign_in.ts";
import type { DialOptions } from "../upstream/dialer.ts";
import { withFirstBytes } from "../upstream/first_bytes.ts";
import { refused, skipped } from "../upstream/http_tunnel.ts";
import { whileOpen } from "../upstream/in_time.ts";
import type { Way } from "../way.ts";
import { type Forwarded, type ForwardWish, httpProxy, keyOf, requestHead } from "./forwarded_request.ts";
import { brokenAnswer, Exchange, type ServerConnection } from "./exchange.ts";
import type { ProxyParts } from "./proxy_parts.ts";
import { NoWay, throughWays } from "./through_ways.ts";

interface Answered {
  readonly server: ServerConnection;
  readonly answer: AnswerHead;
}

/** Methods that may be repeated when a connection breaks or a proxy is down: they change nothing (RFC 9110). */
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Forwards the plain HTTP requests of one client's connection. Disposing it closes the connection to the server. */
export class Forwarder implements Disposable {
  readonly #client: Joinable;
  readonly #input: ByteInput;
  readonly #name: ProxyClient;
  readonly #parts: ProxyParts;
  /** For the next request that goes the same way. */
  #kept: ServerConnection | undefined;
  #sent: Promise<void> = Promise.resolve();
  /** Whether the client has a part of the answer to its last request. */
  #hasBegun = false;

  constructor(client: Joinable, input: ByteInput, { name, parts }: {
    readonly name: ProxyClient;
    readonly parts: ProxyParts;
  }) {
    [this.#client, this.#input, this.#name, this.#parts] = [client, input, name, parts];
  }

  /** Resolves once nothing reads the body of the last request any more, however that went. */
  get sent(): Promise<void> {
    return this.#sent;
  }

  [Symbol.dispose](): void {
    this.#kept?.stream.close();
    this.#kept = undefined;
  }

  /**
   * Forwards one request, and its answer back.
   *
   * @returns Whether another request may follow.
   * @throws {BadProxyRequest} or {NoWay} before anything of an answer was sent; any other error breaks the connection.
   */
  async forward(head: RequestHead, wish: ForwardWish, signal: AbortSignal): Promise<boolean> {
    const body = new MessageBody(this.#input, framingOfRequest(head));
    const request: Forwarded = { head, wish, body, signal };
    this.#hasBegun = false;
    const isSafe = body.isOver && SAFE_METHODS.has(head.method) && !asksForUpgrade(head);
    const { opened, way, rule } = await throughWays(
      wish.target,
      this.#parts,
      { client: this.#name, signal, since: performance.now() },
      async (way, options) => {
        const server = await this.#connect(way, wish, options, isSafe);
        return isSafe ? await this.#askSafely(server, { request, way, options }) : { server };
      },
    );
    try {
      const answered = "answer" in opened ? opened : await this.#ask(opened.server, request, {
        dial: () =>
          this.#open(way, wish, {
            client: this.#name,
            milliseconds: PROXY_LIMITS.connectMilliseconds,
            signal,
          }),
      });
      return await this.#passOn(answered, request);
    } catch (error) {
      // Once a part of the answer is sent, no page can follow it.
      throw error instanceof WindlassError && !this.#hasBegun ? new NoWay(error, rule) : error;
    }
  }

  /** Repeats the request over a new connection if the one that was kept has ended meanwhile. */
  async #askSafely(
    server: ServerConnection,
    { request, way, options }: {
      readonly request: Forwarded;
      readonly way: Way;
      readonly options: DialOptions;
    },
  ): Promise<Answered> {
    const dial = () => this.#open(way, request.wish, options);
    const wasKept = this.#kept === server;
    this.#kept = undefined;
    if (!wasKept) return await this.#ask(server, request, { dial });
    const asking: { isAnswered?: boolean } = {};
    try {
      return await this.#ask(server, request, { dial, asking });
    } catch (error) {
      if (!(error instanceof WindlassError) || asking.isAnswered === true) throw error;
      return await this.#ask(await dial(), request, { dial });
    }
  }

  /** Sends the request, and signs in where a proxy asks for it. Closes the connection if it throws. */
  async #ask(
    server: ServerConnection,
    request: Forwarded,
    { dial, asking = {} }: {
      readonly dial: () => Promise<ServerConnection>;
      readonly asking?: { isAnswered?: boolean };
    },
  ): Promise<Answered> {
    const { head, body, wish, signal } = request;
    let current = server;
    try {
      using signIn = server.proxy === undefined ? undefined : this.#parts.openSignIn(server.proxy);
      let authorization = signIn?.first;
      let isAhead = this.#asksAhead(request, server, signIn);
      for (let requests = 1;; requests++) {
        const method = isAhead ? "HEAD" : head.method;
        const exchange = await Exchange.begin(current, {
          target: wish.target,
          head: requestHead(request, { method, authorization, server: current, isAhead }),
          body: isAhead || body.isOver ? undefined : body,
        });
        this.#sent = exchange.sent;
        const answer = await whileOpen(
          current.stream,
          signal,
          () => exchange.answer((interim) => this.#interim(interim, head)),
        );
        asking.isAnswered = true;
        const { proxy } = current;
        if (proxy === undefined || signIn === undefined) return { server: current, answer };
        if (authorization === undefined) this.#parts.upstreams.noteSignIn(proxy, answer.status === 407);
        const page = new MessageBody(current.input, framingOfAnswer(answer, method));
        if (answer.status !== 407) {
          signIn.succeeded();
          if (!isAhead && authorization !== undefined && isOwnPage(answer)) {
            throw await refused(wish.target, proxy, { head: answer, body: page, authorization, signal });
          }
          if (!isAhead) return { server: current, answer };
          isAhead = false;
          if (signIn.ofConnection) authorization = undefined;
          if (!keepsConnection(answer)) current = await this.#replace(current, dial);
          continue;
        }
        if (requests >= PROXY_LIMITS.signInRequests || (!isAhead && body.framing !== 0)) {
          throw await refused(wish.target, proxy, { head: answer, body: page, authorization, signal });
        }
        const kept = keepsConnection(answer) && await skipped(current.stream, page, { signal });
        const challenges = valuesOf(answer.fields, "proxy-authenticate");
        const step = await signIn.answer({ challenges, kept }, signal);
        authorization = step.authorization;
        if (step.connection === "new" || !kept) current = await this.#replace(current, dial);
      }
    } catch (error) {
      current.stream.close();
      throw error;
    }
  }

  /** A body cannot be sent twice: a sign-in that takes several requests goes ahead of it, with requests that do nothing. */
  #asksAhead({ body }: Forwarded, { proxy }: ServerConnection, signIn: SignIn | undefined): boolean {
    if (proxy === undefined || signIn === undefined || body.framing === 0) return false;
    return signIn.first === undefined && this.#parts.upstreams.asksForSignIn(proxy) !== false;
  }

  async #replace(
    server: ServerConnection,
    dial: () => Promise<ServerConnection>,
  ): Promise<ServerConnection> {
    server.stream.close();
    return await dial();
  }

  /** Passes the answer on. @returns Whether another request may follow. */
  async #passOn({ server, answer }: Answered, request: Forwarded): Promise<boolean> {
    const { head, body, wish, signal } = request;
    if (answer.status === 101) return await this.#upgrade(server, answer, head);
    try {
      const framing = framingOfAnswer(answer, head.method);
      const isPlain = framing === "chunked" && head.minor === 0;
      const sentFraming = isPlain ? "close" : framing;
      const keeps = body.isOver && sentFraming !== "close" && keepsClient(head);
      const fields = fieldsOfAnswer(answer, { framing: sentFraming, keeps });
      const content = new MessageBody(server.input, framing);
      await whileOpen(server.stream, signal, async () => {
        this.#hasBegun = true;
        await this.#client.write(headBytes(statusLine(answer), fields));
        if (isPlain) await this.#copyContent(content);
        else await this.#copyFramed(content);
      });
      const lives = body.isOver && framing !== "close" && keepsConnection(answer) && !server.input.waits;
      if (lives && keeps) this.#kept = server;
      else server.stream.close();
      if (body.isOver) return keeps;
    } catch (error) {
      server.stream.close();
      throw error instanceof BadAnswer ? brokenAnswer(server, wish.target, error) : error;
    }
    return false; // the answer came before all of the request: what is left of that leads nowhere
  }

  async #copyFramed(body: MessageBody): Promise<void> {
    for (let bytes = await body.next(); bytes !== null; bytes = await body.next()) {
      await this.#client.write(bytes);
    }
  }

  /** For a client that does not know chunks. */
  async #copyContent(content: MessageBody): Promise<void> {
    const pieces: Uint8Array[] = [];
    const add = (piece: Uint8Array) => void pieces.push(piece);
    while (await content.next(add) !== null) {
      for (const piece of pieces.splice(0)) await this.#client.write(piece);
    }
  }

  /** From here on it is a connection of another protocol. */
  async #upgrade(server: ServerConnection, answer: AnswerHead, head: RequestHead): Promise<false> {
    const { stream, input } = server;
    if (!asksForUpgrade(head)) {
      stream.close();
      throw new BadAnswer("changes the protocol, which nobody asked for");
    }
    await this.#client.write(
      headBytes(statusLine(answer), fieldsOfAnswer(answer, { framing: 0, keeps: true })),
    );
    await joinStreams(
      withFirstBytes(this.#client, this.#input.peek()),
      withFirstBytes(stream, input.peek()),
      { halfClosed: { idleMilliseconds: HALF_CLOSED_IDLE_MILLISECONDS } },
    );
    return false;
  }

  async #interim(answer: AnswerHead, { minor }: RequestHead): Promise<void> {
    if (minor === 0) return; // it does not know any
    await this.#client.write(
      headBytes(statusLine(answer), fieldsOfAnswer(answer, { framing: 0, keeps: true })),
    );
  }

  /** The connection that was kept, if it leads the same way and nothing is lost if it has ended; else a new one. */
  async #connect(
    way: Way,
    wish: ForwardWish,
    options: DialOptions,
    isSafe: boolean,
  ): Promise<ServerConnection> {
    const kept = this.#kept;
    if (kept?.key === keyOf(way, wish) && isSafe) return kept;
    this[Symbol.dispose]();
    return await this.#open(way, wish, options);
  }

  async #open(way: Way, wish: ForwardWish, options: DialOptions): Promise<ServerConnection> {
    const { opener } = this.#parts;
    const proxy = httpProxy(way);
    const stream = proxy === undefined
      ? await opener.tunnel(wish.target, way, options)
      : await opener.upstream(proxy, wish.target, options);
    return { stream, input: new ByteInput(stream), key: keyOf(way, wish), proxy };
  }
}

/** Whether a squid says itself why it fails. Its pages may show the request, and so the password that it was sent. */
function isOwnPage({ status, fields }: AnswerHead): boolean {
  return status >= 400 && valuesOf(fields, "x-squid-error").length > 0;
}

function statusLine({ status, reason }: AnswerHead): string {
  return `HTTP/1.1 ${status} ${reason}`;
}

function keepsClient({ minor, fields }: RequestHead): boolean {
  const options = [...membersOf(fields, "connection"), ...membersOf(fields, "proxy-connection")];
  return minor === 1 && !options.includes("close");
}
