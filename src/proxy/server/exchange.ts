import { WindlassError } from "../../errors/windlass_error.ts";
import type { Duplex } from "../../streams/duplex.ts";
import { type ByteInput, EndedEarly } from "../http/byte_input.ts";
import type { MessageBody } from "../http/message_body.ts";
import { BadAnswer, BadProxyRequest } from "../http/message_errors.ts";
import type { AnswerHead } from "../http/message_head.ts";
import { readFinalAnswer } from "../http/read_answer.ts";
import { authorityOf } from "../http/request_target.ts";
import { PROXY_LIMITS } from "../proxy_limits.ts";
import { unusable } from "../upstream/http_tunnel.ts";
import type { ProxyAddress, Target } from "../way.ts";

/** A connection that requests are sent over, one after the other. */
export interface ServerConnection {
  readonly stream: Duplex;
  readonly input: ByteInput;
  /** What may go over it: a way, and the target where that ends the way. */
  readonly key: string;
  /** The proxy at its other end, which gets whole addresses; `undefined` if that is the target. */
  readonly proxy: ProxyAddress | undefined;
}

/** One request, of which the head is sent and the body is under way. */
export class Exchange {
  /** Resolves once nothing of the request's body is read any more. */
  readonly sent: Promise<void>;
  readonly #server: ServerConnection;
  readonly #target: Target;
  #answered = false;
  #clientFailure: unknown;

  private constructor(server: ServerConnection, target: Target, body: MessageBody | undefined) {
    this.#server = server;
    this.#target = target;
    this.sent = body === undefined ? Promise.resolve() : this.#send(body);
  }

  /**
   * Sends the head, and begins to send the body.
   *
   * @throws {WindlassError} why the other end does not take it.
   */
  static async begin(
    server: ServerConnection,
    { target, head, body }: {
      readonly target: Target;
      readonly head: Uint8Array;
      readonly body: MessageBody | undefined;
    },
  ): Promise<Exchange> {
    try {
      await server.stream.write(head);
    } catch (error) {
      throw brokenAnswer(server, target, error);
    }
    return new Exchange(server, target, body);
  }

  /** Whether anything came back. */
  get isAnswered(): boolean {
    return this.#answered;
  }

  /**
   * The head of the final answer.
   *
   * @param interim Gets the heads before it, such as `100 Continue`.
   * @throws {BadProxyRequest} if the client has not sent what it said it would.
   * @throws {WindlassError} why there is no answer.
   */
  async answer(interim: (head: AnswerHead) => Promise<void>): Promise<AnswerHead> {
    const head = await readFinalAnswer(this.#server.input, async (head) => {
      this.#answered = true;
      await interim(head);
    }).catch((error) => {
      throw this.#failure(error);
    });
    this.#answered = true;
    return head;
  }

  #failure(error: unknown): Error {
    if (this.#clientFailure === undefined) return brokenAnswer(this.#server, this.#target, error);
    const state = this.#clientFailure instanceof SyntaxError
      ? "its body is not made of chunks"
      : "it ends within its body";
    return new BadProxyRequest(400, state);
  }

  /** Never rejects. What the other end does not take is read all the same, for the client to look for the answer. */
  async #send(body: MessageBody): Promise<void> {
    let left: number = PROXY_LIMITS.drainBytes;
    let isRefused = false;
    const refuse = () => isRefused = true;
    try {
      for (let bytes = await body.next(); bytes !== null && left > 0; bytes = await body.next()) {
        if (!isRefused) await this.#server.stream.write(bytes).catch(refuse);
        if (isRefused) left -= bytes.length;
      }
    } catch (error) {
      this.#clientFailure = error;
      this.#server.stream.close();
    }
  }
}

/** Why a server or proxy cannot be used that was connected to. Pure. */
export function brokenAnswer({ proxy }: ServerConnection, target: Target, error: unknown): WindlassError {
  if (error instanceof WindlassError) return error;
  if (proxy !== undefined) return unusable(proxy, error);
  let state = "it breaks the connection";
  if (error instanceof BadAnswer || error instanceof SyntaxError) state = `its answer ${error.message}`;
  if (error instanceof EndedEarly) state = "it closes the connection without an answer";
  return new WindlassError(
    "WL_PROXY_TARGET_UNREACHABLE",
    `Cannot forward the request to ${authorityOf(target)}: ${state}`,
    { cause: error },
  );
}
