import { WindlassError } from "../../errors/windlass_error.ts";
import { BadProxyRequest } from "../http/message_errors.ts";
import { headBytes } from "../http/message_head.ts";
import { NoWay } from "./through_ways.ts";

/** An answer of the proxy's own: a text of a few lines. */
export interface AnswerPage {
  readonly status: number;
  /** The rest of the status line. For a tunnel that fails, Docker shows this and nothing else. */
  readonly reason: string;
  readonly lines: readonly string[];
}

/** Registry clients put it into one line of a terminal, with a URL ahead. */
const MAXIMUM_REASON = 240;
const STATUS_OF_CODE: Partial<Record<WindlassError["code"], number>> = {
  WL_SERVICE_FORBIDDEN: 403,
  WL_SERVICE_BUSY: 503,
  WL_PROXY_BUSY: 503,
};

/** For an origin-form request: what this is. */
export const OWN_PAGE: AnswerPage = {
  status: 200,
  reason: "OK",
  lines: [
    "This is the network proxy of Windlass: what is sent here goes out through the user's machine.",
    "Programs use it when HTTP_PROXY and HTTPS_PROXY are set to http://http.docker.internal:3128.",
    "'windlass network' shows which way requests have gone, and by which rule.",
  ],
};

/** What a client gets that cannot be served. Pure. */
export function failurePage(error: unknown): AnswerPage {
  if (error instanceof BadProxyRequest) {
    const invalid = new WindlassError("WL_PROXY_REQUEST_INVALID", error.message);
    return page(error.status, invalid, []);
  }
  if (error instanceof NoWay) {
    const { cause, rule } = error;
    return page(STATUS_OF_CODE[cause.code] ?? 502, cause, [`Decided by: ${rule}`]);
  }
  if (error instanceof WindlassError) return page(STATUS_OF_CODE[error.code] ?? 502, error, []);
  const internal = new WindlassError("WL_INTERNAL", "Cannot forward the request: the proxy has failed");
  return page(500, internal, []);
}

/** The page as it is sent; without its text to a `HEAD` request. The connection ends with it. Pure. */
export function pageBytes(
  { status, reason, lines }: AnswerPage,
  { method }: { readonly method: string },
): Uint8Array[] {
  const text = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  const head = headBytes(`HTTP/1.1 ${status} ${reason}`, [
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Content-Length", String(text.length)],
    ["Cache-Control", "no-store"],
    ["X-Content-Type-Options", "nosniff"],
    ["Connection", "close"],
  ]);
  return method === "HEAD" ? [head] : [head, text];
}

function page(status: number, { code, message, remedy }: WindlassError, more: readonly string[]): AnswerPage {
  const words = message.replace(/[^\x20-\x7e]+/g, " ");
  const room = MAXIMUM_REASON - code.length;
  return {
    status,
    reason: `${words.length <= room ? words : `${words.slice(0, room)}...`} (${code})`,
    lines: [message, ...more, `What to do: ${remedy}`, `Code: ${code}`],
  };
}
