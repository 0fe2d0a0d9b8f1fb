import { errorText } from "../../errors/error_text.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Duplex } from "../../streams/duplex.ts";
import { ByteInput, EndedEarly } from "../http/byte_input.ts";
import { framingOfAnswer, MessageBody } from "../http/message_body.ts";
import { BadAnswer } from "../http/message_errors.ts";
import { type AnswerHead, type Field, headBytes, valuesOf } from "../http/message_head.ts";
import { keepsConnection, readFinalAnswer } from "../http/read_answer.ts";
import { authorityOf } from "../http/request_target.ts";
import { PROXY_LIMITS } from "../proxy_limits.ts";
import type { SignIn } from "../sign_in/sign_in.ts";
import { type ProxyAddress, proxyText, type Target } from "../way.ts";
import { withFirstBytes } from "./first_bytes.ts";
import { inTime, whileOpen } from "./in_time.ts";
import { proxyWords, statusText } from "./proxy_words.ts";

export interface HttpTunnelOptions {
  readonly proxy: ProxyAddress;
  /** Opens a connection to the proxy. */
  readonly connect: () => Promise<Duplex>;
  readonly signIn: SignIn;
  /** Of the client; some proxies want one. */
  readonly userAgent?: string | undefined;
  readonly signal: AbortSignal;
}

/** One request for a tunnel, and what came back. */
interface Answer {
  readonly head: AnswerHead;
  readonly body: MessageBody;
}

/**
 * Has an HTTP proxy connect to the target, and signs in where it asks.
 *
 * @throws {WindlassError} `WL_PROXY_REFUSED`, `WL_PROXY_UNREACHABLE`, what the sign-in throws.
 * @throws {unknown} the signal's reason.
 */
export async function openHttpTunnel(target: Target, options: HttpTunnelOptions): Promise<Duplex> {
  const { proxy, connect, signIn, signal } = options;
  let connection = await connect();
  try {
    let input = new ByteInput(connection);
    let authorization = signIn.first;
    for (let requests = 1;; requests++) {
      const { head, body } = await ask(connection, input, { target, authorization, options });
      if (head.status !== 407) signIn.succeeded();
      if (head.status >= 200 && head.status < 300) return withFirstBytes(connection, input.peek());
      if (head.status !== 407) throw await refused(target, proxy, { head, body, authorization, signal });
      if (requests >= PROXY_LIMITS.signInRequests) {
        throw new WindlassError(
          "WL_PROXY_REFUSED",
          `Cannot connect to ${authorityOf(target)}: the proxy ${
            proxyText(proxy)
          } asks for a sign-in again and again`,
        );
      }
      const kept = keepsConnection(head) && await skipped(connection, body, { signal });
      const challenges = valuesOf(head.fields, "proxy-authenticate");
      const step = await signIn.answer({ challenges, kept }, signal);
      authorization = step.authorization;
      if (step.connection === "new" || !kept) {
        connection.close();
        connection = await connect();
        input = new ByteInput(connection);
      }
    }
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Says that a proxy has not done what it was asked for, in its words. */
export async function refused(
  target: Target,
  proxy: ProxyAddress,
  { head, body, authorization, signal }: Answer & {
    /** What the proxy was sent: it may show it in its page. */
    readonly authorization: string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<WindlassError> {
  const secrets = [authorization?.split(" ").at(-1), proxy.credentials?.password];
  const words = await proxyWords(body, secrets, signal);
  const status = statusText(head, secrets);
  const says = words === "" ? "" : `: ${words}`;
  const state = `the proxy ${proxyText(proxy)} answers "${status}"${says}`;
  return new WindlassError("WL_PROXY_REFUSED", `Cannot connect to ${authorityOf(target)}: ${state}`);
}

/** Why a proxy cannot be used that was connected to. Pure. */
export function unusable(proxy: ProxyAddress, error: unknown): WindlassError {
  let state = `the connection breaks (${errorText(error)})`;
  if (error instanceof BadAnswer || error instanceof SyntaxError) state = `its answer ${errorText(error)}`;
  if (error instanceof EndedEarly) state = "it closes the connection without an answer";
  return new WindlassError("WL_PROXY_UNREACHABLE", `Cannot use the proxy ${proxyText(proxy)}: ${state}`, {
    cause: error,
  });
}

/** That it takes longer than `milliseconds`. Pure. */
export function silent(proxy: ProxyAddress, milliseconds: number): WindlassError {
  const state = `it takes the connection, but does not answer within ${milliseconds / 1_000} s`;
  return new WindlassError("WL_PROXY_UNREACHABLE", `Cannot use the proxy ${proxyText(proxy)}: ${state}`);
}

async function ask(
  connection: Duplex,
  input: ByteInput,
  { target, authorization, options }: {
    readonly target: Target;
    readonly authorization: string | undefined;
    readonly options: HttpTunnelOptions;
  },
): Promise<Answer> {
  const { proxy, userAgent, signal } = options;
  const authority = authorityOf(target);
  const fields: Field[] = [["Host", authority]];
  if (userAgent !== undefined) fields.push(["User-Agent", userAgent]);
  fields.push(["Proxy-Connection", "keep-alive"]);
  if (authorization !== undefined) fields.push(["Proxy-Authorization", authorization]);
  const { answerMilliseconds: milliseconds } = PROXY_LIMITS;
  const limit = { milliseconds, signal, late: () => silent(proxy, milliseconds) };
  const exchange = async (signal: AbortSignal) =>
    await whileOpen(connection, signal, async () => {
      await connection.write(headBytes(`CONNECT ${authority} HTTP/1.1`, fields));
      const head = await readFinalAnswer(input);
      return { head, body: new MessageBody(input, framingOfAnswer(head, "CONNECT")) };
    });
  try {
    return await inTime(limit, exchange);
  } catch (error) {
    if (signal.aborted || error instanceof WindlassError) throw error;
    throw unusable(proxy, error);
  }
}

/**
 * Reads past the page that comes with a demand for a sign-in. False if that is too long or does not come in time: the
 * connection is of no more use then.
 *
 * @param milliseconds How long it may take; replaced in tests.
 * @throws {unknown} the signal's reason.
 */
export async function skipped(
  connection: Pick<Duplex, "close">,
  body: MessageBody,
  { signal, milliseconds = PROXY_LIMITS.answerMilliseconds }: {
    readonly signal: AbortSignal;
    readonly milliseconds?: number | undefined;
  },
): Promise<boolean> {
  const { skippedBytes } = PROXY_LIMITS;
  const skip = (signal: AbortSignal) => whileOpen(connection, signal, () => body.skip(skippedBytes));
  // A page that does not come in time costs the connection, not the sign-in.
  return await inTime({ milliseconds, signal, late: () => new Error("late") }, skip).catch(() => {
    signal.throwIfAborted();
    return false;
  });
}
