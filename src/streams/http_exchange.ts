/** The few requests that Windlass itself makes to dockerd: HTTP/1.0, each over a stream of its own. */
import type { Duplex } from "./duplex.ts";

const ENCODER = new TextEncoder();

export interface HttpExchange {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Header lines besides `Host`. */
  readonly headers?: readonly string[];
  readonly body?: AsyncIterable<Uint8Array>;
  /** Bytes of the answer that are kept, and up to one read more. */
  readonly maximumBytes: number;
  /** Made if the answer is longer. Without it, the rest is read and dropped. */
  readonly tooLong?: () => Error;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  /** 0 if what came is not HTTP. */
  readonly status: number;
  /** The body as text, as far as it is kept. */
  readonly body: string;
}

/**
 * Sends one request over a fresh stream and uses it up; the caller closes it.
 *
 * @throws The signal's reason once it is aborted, or the error of the stream.
 */
export async function exchangeHttp(stream: Duplex, exchange: HttpExchange): Promise<HttpAnswer> {
  const { signal } = exchange;
  signal.throwIfAborted();
  const abort = () => stream.close();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await sendRequest(stream, exchange);
    const text = await readAll(stream, exchange);
    signal.throwIfAborted(); // a stream that was closed here looks as if it had ended
    return parseAnswer(text);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function sendRequest(
  stream: Duplex,
  { method, path, headers = [], body }: HttpExchange,
): Promise<void> {
  // An answer in HTTP/1.0 is never sent in chunks, and ends with the connection.
  const head = [`${method} ${path} HTTP/1.0`, "Host: docker", ...headers];
  await stream.write(ENCODER.encode(head.join("\r\n") + "\r\n\r\n"));
  if (body !== undefined) { for await (const bytes of body) await stream.write(bytes); }
}

async function readAll(stream: Duplex, { maximumBytes, tooLong }: HttpExchange): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) {
    if (length < maximumBytes) text += decoder.decode(bytes, { stream: true });
    length += bytes.length;
    if (length > maximumBytes && tooLong !== undefined) throw tooLong();
  }
  return text;
}

/** Status and body of an answer; a status of 0 if it is not HTTP. Pure. */
export function parseAnswer(text: string): HttpAnswer {
  const status = /^HTTP\/1\.[01] (\d{3}) /.exec(text)?.[1];
  const end = text.indexOf("\r\n\r\n");
  return { status: Number(status ?? 0), body: end < 0 ? "" : text.slice(end + 4) };
}
