import type { Duplex } from "../streams/duplex.ts";
import type { RequestHead } from "./request_head.ts";

const ENCODER = new TextEncoder();
const LAST_CHUNK = ENCODER.encode("0\r\n\r\n");
/** Headers that belong to the connection and are set here. */
const CONNECTION_HEADERS = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade"]);
const STATUS_TEXTS: Readonly<Record<number, string>> = {
  200: "OK",
  202: "Accepted",
  204: "No Content",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
};

export interface SendOptions {
  readonly connection: Pick<Duplex, "write">;
  readonly request: Pick<RequestHead, "method" | "chunks">;
  /** Whether to keep the connection open afterwards. */
  readonly keeps: boolean;
  /** Aborted when the client has closed its direction. */
  readonly gone: AbortSignal;
}

/**
 * Sends a response; its body as it arrives, without a limit of length or time. A stream of events, which does not end
 * on its own, is ended when the client disconnects.
 *
 * @returns Whether the response is complete and had an explicit end, so that another may follow.
 */
export async function sendResponse(response: Response, options: SendOptions): Promise<boolean> {
  const { connection, request, gone } = options;
  const hasBody = request.method !== "HEAD" && response.status !== 204 && response.status !== 304;
  if (!hasBody || response.body === null) {
    await response.body?.cancel();
    const length = hasBody ? "content-length: 0\r\n" : "";
    await connection.write(ENCODER.encode(headText(response, options.keeps, length)));
    return options.keeps;
  }
  const isSized = response.headers.has("content-length");
  const isChunked = !isSized && request.chunks;
  const keeps = options.keeps && (isSized || isChunked);
  const framing = isChunked ? "transfer-encoding: chunked\r\n" : "";
  const reader = response.body.getReader();
  const cancel = () => void reader.cancel().catch(() => {}); // its source has failed, which the read reports
  const isEndless = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
  if (isEndless) gone.addEventListener("abort", cancel, { once: true });
  if (isEndless && gone.aborted) cancel();
  try {
    await connection.write(ENCODER.encode(headText(response, keeps, framing)));
    for (let { value } = await reader.read(); value !== undefined; { value } = await reader.read()) {
      if (value.length > 0) await connection.write(isChunked ? chunk(value) : value);
    }
    if (isChunked) await connection.write(LAST_CHUNK);
    return keeps;
  } finally {
    gone.removeEventListener("abort", cancel);
    cancel();
  }
}

function headText(response: Response, keeps: boolean, framing: string): string {
  const { status } = response;
  let text = `HTTP/1.1 ${status} ${STATUS_TEXTS[status] ?? "Answer"}\r\ndate: ${
    new Date().toUTCString()
  }\r\n`;
  for (const [name, value] of response.headers) {
    if (!CONNECTION_HEADERS.has(name)) text += `${name}: ${value}\r\n`;
  }
  return `${text}${framing}connection: ${keeps ? "keep-alive" : "close"}\r\n\r\n`;
}

function chunk(bytes: Uint8Array): Uint8Array {
  const length = ENCODER.encode(`${bytes.length.toString(16)}\r\n`);
  const framed = new Uint8Array(length.length + bytes.length + 2);
  framed.set(length);
  framed.set(bytes, length.length);
  framed.set([0x0d, 0x0a], length.length + bytes.length);
  return framed;
}
