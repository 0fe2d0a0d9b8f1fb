import type { PendingRequest } from "../../src/relay/http/pending_request.ts";
import type { BeforeStart } from "../../src/relay/http/held_start.ts";
import type { RequestPiece } from "../../src/relay/http/request_piece.ts";
import { RequestScanner } from "../../src/relay/http/request_scanner.ts";
import { NEVER } from "../../src/timing/sleep.ts";
import { settled } from "./settled.ts";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("latin1");

/** A scanner under test. Paths below /home are translated, those below /secret refused. */
export interface Trial {
  readonly scanner: RequestScanner;
  readonly started: PendingRequest[];
  readonly allowed: { count: number };
  /** Sends text; returns the pieces to hand on. */
  push(text: string): string[];
}

/** A new one; `allowBody` is whether a client may be asked for its body. */
export function newTrial(
  options: { readonly allowBody?: boolean; readonly beforeStart?: BeforeStart } = {},
): Trial {
  const started: PendingRequest[] = [];
  const allowed = { count: 0 };
  const scanner = new RequestScanner({
    translatePath: (source) => {
      if (source.startsWith("/secret")) return { refused: "it is kept back" };
      return source.startsWith("/home") ? `/mnt/c${source}` : undefined;
    },
    beforeStart: options.beforeStart,
    started: (request) => started.push(request),
    allowBody: () => {
      allowed.count++;
      return options.allowBody ?? true;
    },
  });
  const push = (text: string) => scanner.push(ENCODER.encode(text)).map(textOf);
  return { scanner, started, allowed, push };
}

/** What goes to the engine, or in brackets why it does not. */
export function textOf(piece: RequestPiece): string {
  if (!(piece instanceof Uint8Array) && "refusal" in piece) return `[${piece.refusal.status}]`;
  const sent = piece instanceof Uint8Array ? piece : settled(piece.rewrite(NEVER));
  return sent instanceof Uint8Array ? DECODER.decode(sent) : `[${sent.refusal.message}]`;
}

/** A request with a length. */
export function post(target: string, body: string, headers = ""): string {
  return `POST ${target} HTTP/1.1\r\nHost: d\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** The same in two chunks. */
export function chunkedPost(target: string, body: string, headers = ""): string {
  const half = body.length >> 1;
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
  return `POST ${target} HTTP/1.1\r\nHost: d\r\n${headers}Transfer-Encoding: chunked\r\n\r\n` +
    `${chunk(body.slice(0, half))}${chunk(body.slice(half))}0\r\n\r\n`;
}

/** A request that stays as it is. */
export const GET = "GET /v1.51/info HTTP/1.1\r\nHost: d\r\n\r\n";
/** The body of a create, */
export const CREATE_BODY = '{"HostConfig":{"Binds":["/home/x:/y"]}}';
/** and what the engine is to get of it. */
export const TRANSLATED_BODY = '{"HostConfig":{"Binds":["/mnt/c/home/x:/y"]}}';
