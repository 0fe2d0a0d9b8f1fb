import { HTTP_LIMITS } from "./http_limits.ts";

/** The head of a request. */
export interface RequestHead {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers: Headers;
  /** Length of the body in bytes, or "chunked". */
  readonly body: number | "chunked";
  /** Whether the connection is kept open after the response. */
  readonly keeps: boolean;
  /** Whether the client understands chunked bodies, as HTTP/1.1 requires. */
  readonly chunks: boolean;
  readonly expectsContinue: boolean;
}

/** A request that is not valid, with the status code for the response. */
export class BadRequest extends Error {
  constructor(readonly status: 400 | 408 | 413 | 417 | 431 | 501 | 505, readonly state: string) {
    super(state);
  }
}

const CR = 0x0d;
const LF = 0x0a;
const ABSENT = -1;
const REQUEST_LINE_REGEXP = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}) ([\x21-\x7e]+) HTTP\/(\d)\.(\d)$/;
const NAME_REGEXP = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// deno-lint-ignore no-control-regex
const UNFIT_VALUE_REGEXP = /[\x00-\x08\x0a-\x1f\x7f]/;
const LENGTH_REGEXP = /^\d{1,15}$/;
const ABSOLUTE_REGEXP = /^http:\/\/([^/?#]*)(.*)$/i;

/**
 * The end of the head: just past its empty line, or -1 if that has not arrived yet.
 *
 * @param from Where to start: earlier bytes have been searched already, apart from the last three.
 */
export function headEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(LF, Math.max(0, from - 3)); at !== ABSENT; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at - 1] === CR && bytes[at - 2] === LF && bytes[at - 3] === CR) return at + 1;
  }
  return ABSENT;
}

/**
 * Parses a complete head, including the empty line. Strict where two programs could interpret it differently. Pure.
 *
 * @throws {BadRequest} if it is not HTTP/1, or contradicts itself about its length or host.
 */
export function readHead(
  bytes: Uint8Array,
  limits: { readonly headLines: number } = HTTP_LIMITS,
): RequestHead {
  const lines = latin1(bytes.subarray(0, bytes.length - 4)).split("\r\n");
  if (lines.length - 1 > limits.headLines) {
    throw new BadRequest(431, `the request has more than ${limits.headLines} header lines`);
  }
  const [, method, target, major, minor] = REQUEST_LINE_REGEXP.exec(lines[0]!) ?? [];
  if (method === undefined || target === undefined) {
    throw new BadRequest(400, "the request line is not valid HTTP");
  }
  if (major !== "1") throw new BadRequest(505, "only HTTP/1.1 is supported");
  const headers = readHeaders(lines);
  const isNew = minor !== "0";
  const connection = tokens(headers.get("connection"));
  const expect = headers.get("expect")?.toLowerCase();
  if (expect !== undefined && expect !== "100-continue") {
    throw new BadRequest(417, "the request expects something other than 100-continue");
  }
  return {
    method,
    target: originForm(target, headers),
    headers,
    body: bodyLength(headers),
    keeps: isNew ? !connection.includes("close") : connection.includes("keep-alive"),
    chunks: isNew,
    expectsContinue: isNew && expect !== undefined,
  };
}

function readHeaders(lines: readonly string[]): Headers {
  const headers = new Headers();
  let hosts = 0;
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    const value = line.slice(colon + 1).trim();
    if (!NAME_REGEXP.test(name) || UNFIT_VALUE_REGEXP.test(value)) {
      throw new BadRequest(400, "a header line is not valid HTTP");
    }
    if (name.toLowerCase() === "host") hosts++;
    headers.append(name, value);
  }
  if (hosts > 1) throw new BadRequest(400, "the request names two hosts");
  return headers;
}

/** The target as a path. An absolute target must name the same host as the `Host` header. */
function originForm(target: string, headers: Headers): string {
  if (target.startsWith("/")) return target;
  const [, authority, rest = ""] = ABSOLUTE_REGEXP.exec(target) ?? [];
  if (authority === undefined) throw new BadRequest(400, "the target of the request is not a path");
  if (authority !== headers.get("host")) {
    throw new BadRequest(400, "the target of the request names a different host than its Host header");
  }
  return rest.startsWith("/") ? rest : `/${rest}`;
}

function bodyLength(headers: Headers): number | "chunked" {
  const coding = headers.get("transfer-encoding");
  const length = headers.get("content-length");
  if (coding !== null) {
    if (length !== null) throw new BadRequest(400, "the request has a length and a transfer coding");
    if (coding.toLowerCase() !== "chunked") {
      throw new BadRequest(501, "the transfer coding is not supported");
    }
    return "chunked";
  }
  if (length === null) return 0;
  const [first = "", ...others] = length.split(",").map((text) => text.trim());
  if (!LENGTH_REGEXP.test(first) || others.some((other) => other !== first)) {
    throw new BadRequest(400, "the length of the request is not a number");
  }
  return Number(first);
}

function tokens(value: string | null): string[] {
  return (value ?? "").toLowerCase().split(",").map((token) => token.trim());
}

/** One character per byte, as headers are encoded; TextDecoder's latin1 is windows-1252. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + CHUNK_BYTES) as unknown as number[]);
  }
  return text;
}

/** Few enough to pass as arguments of one call. */
const CHUNK_BYTES = 4_096;
