import {
  CR,
  isDigit,
  LF,
  lineFeedAt,
  listHas,
  LOWER_CASE_BIT,
  nameIs,
  numberBetween,
  SPACE,
  TAB,
  textIsAt,
  tokenEnd,
  valueIs,
} from "./head_bytes.ts";

/**
 * Reads just as much of an HTTP/1 head as the relay has to know, straight from the bytes: no map of headers is
 * built. What the engine might read in another way reads as `undefined`, and the relay then refuses the request.
 */

/** What both kinds of head say about the body that follows. */
export interface BodyFraming {
  /** The declared length; {@linkcode NO_LENGTH} without one. */
  contentLength: number;
  /** Whether the body is sent in chunks. A length is ignored then. */
  chunked: boolean;
}

/** The head of a request. */
export interface RequestHead extends BodyFraming {
  readonly method: string;
  /** As sent: path and query, percent-encodings untouched. */
  readonly target: string;
  /** Whether the client asks to speak another protocol from here on. */
  upgrade: boolean;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  expectsContinue: boolean;
  /** Whether the body is compressed. */
  encoded: boolean;
  /** Whether the client wants the connection to end with the answer. */
  closes: boolean;
}

/** The head of a response. */
export interface ResponseHead extends BodyFraming {
  readonly status: number;
}

/** The `contentLength` of a head that declares none. */
export const NO_LENGTH = -1;

const ABSENT = -1;
const ZERO = 0x30;
const ONE = 0x31;
const LAST_ASCII = 0x7f;
/** Letters that the headers begin with which matter here. */
const LETTER = { c: 0x63, e: 0x65, t: 0x74, u: 0x75 } as const;
const VERSION = "HTTP/1.";
const VERSION_BYTES = VERSION.length + 1;
const STATUS_DIGITS = 3;
/** Methods that need not be decoded: all that Docker's clients send. */
const METHODS = ["GET", "POST", "HEAD", "DELETE", "PUT"];
const OTHER_VERSION_REGEXP = /^\S+ \S+ HTTP\/[02-9]\.\d$/;

/** Keeps a byte order mark: it is white space, which a target must not have. */
const TEXT_DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** Where the head that begins at `from` ends: just past the empty line, or -1 if that is still to come. */
export function headEnd(bytes: Uint8Array, from: number): number {
  for (let at = lineFeedAt(bytes, from); at !== ABSENT; at = lineFeedAt(bytes, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return ABSENT;
}

/** Whether a request may begin with these bytes, of which more may follow: a method, then a space. */
export function mayBeginRequest(bytes: Uint8Array, from: number, methodBytes: number): boolean {
  const end = Math.min(bytes.length, from + methodBytes + 1);
  const at = tokenEnd(bytes, from, end);
  if (at < end) return bytes[at] === SPACE && at > from;
  return bytes.length - from <= methodBytes;
}

/** Reads the request head in `bytes` from `start` to `end`, the empty line included. */
export function readRequestHead(bytes: Uint8Array, start: number, end: number): RequestHead | undefined {
  const lineFeed = lineFeedAt(bytes, start);
  const methodEnd = tokenEnd(bytes, start, lineFeed);
  const versionAt = lineEnd(bytes, start, lineFeed) - VERSION_BYTES;
  if (methodEnd === start || bytes[methodEnd] !== SPACE || bytes[versionAt - 1] !== SPACE) return undefined;
  if (!textIsAt(bytes, versionAt, VERSION) || !isDigit(bytes[versionAt + VERSION.length])) return undefined;
  const target = readTarget(bytes, methodEnd + 1, versionAt - 1);
  if (target === undefined) return undefined;
  const isOldest = bytes[versionAt + VERSION.length] === ZERO;
  const head: RequestHead = {
    method: methodOf(bytes, start, methodEnd),
    target,
    contentLength: NO_LENGTH,
    chunked: false,
    upgrade: false,
    expectsContinue: false,
    encoded: false,
    closes: isOldest,
  };
  for (let at = lineFeed + 1; at < end;) {
    const next = lineFeedAt(bytes, at) + 1;
    if (!readRequestHeader(bytes, at, next, head)) return undefined;
    at = next;
  }
  // Go's server takes no notice of chunks in HTTP/1.0: it would find another body than we do.
  return isOldest && head.chunked ? undefined : head;
}

/** Whether the head at `start` is the first line of HTTP/2 as spoken without an upgrade. */
export function isHttp2Preface(bytes: Uint8Array, start: number): boolean {
  return lineText(bytes, start, lineFeedAt(bytes, start)) === "PRI * HTTP/2.0";
}

/** Whether the request line at `start` is complete, but of another version of HTTP. */
export function hasOtherVersion(bytes: Uint8Array, start: number): boolean {
  return OTHER_VERSION_REGEXP.test(lineText(bytes, start, lineFeedAt(bytes, start)));
}

/** Reads the response head in `bytes` from `start` to `end`, the empty line included. */
export function readResponseHead(bytes: Uint8Array, start: number, end: number): ResponseHead | undefined {
  const status = readStatusLine(bytes, start);
  if (status === undefined) return undefined;
  const head: ResponseHead = { status, contentLength: NO_LENGTH, chunked: false };
  for (let at = lineFeedAt(bytes, start) + 1; at < end;) {
    const next = lineFeedAt(bytes, at) + 1;
    if (!readFraming(bytes, at, next, head)) return undefined;
    at = next;
  }
  return head;
}

/** Takes over what the line says. False if it cannot be relied on. */
function readRequestHeader(bytes: Uint8Array, at: number, next: number, head: RequestHead): boolean {
  switch (bytes[at]! | LOWER_CASE_BIT) {
    case LETTER.c:
      if (nameIs(bytes, at, "connection")) {
        head.closes ||= listHas(bytes, at + "connection:".length, next, "close");
      } else if (nameIs(bytes, at, "content-encoding")) {
        head.encoded ||= saysEncoded(bytes, at + "content-encoding:".length, next);
      }
      return readFraming(bytes, at, next, head);
    case LETTER.t:
      return readFraming(bytes, at, next, head);
    case LETTER.e:
      head.expectsContinue ||= nameIs(bytes, at, "expect");
      return true;
    case LETTER.u:
      head.upgrade ||= nameIs(bytes, at, "upgrade");
      return true;
    default:
      return bytes[at] !== SPACE && bytes[at] !== TAB;
  }
}

/** Takes over what the line says about the body. False if that cannot be relied on. */
function readFraming(bytes: Uint8Array, at: number, next: number, head: BodyFraming): boolean {
  if (nameIs(bytes, at, "content-length")) {
    const length = numberBetween(bytes, at + "content-length:".length, next);
    if (length === undefined) return false;
    if (head.contentLength !== NO_LENGTH && head.contentLength !== length) return false;
    head.contentLength = length;
  } else if (nameIs(bytes, at, "transfer-encoding")) {
    if (head.chunked || !valueIs(bytes, at + "transfer-encoding:".length, next, "chunked")) return false;
    head.chunked = true;
  }
  return true;
}

/** Whether the value of a `Content-Encoding` line names one that changes bytes. */
function saysEncoded(bytes: Uint8Array, from: number, next: number): boolean {
  return !valueIs(bytes, from, next, "") && !valueIs(bytes, from, next, "identity");
}

function methodOf(bytes: Uint8Array, start: number, end: number): string {
  for (const method of METHODS) {
    if (method.length === end - start && textIsAt(bytes, start, method)) return method;
  }
  return TEXT_DECODER.decode(bytes.subarray(start, end));
}

/** The target between `start` and `end`; `undefined` if there is none, or white space in it. */
function readTarget(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end <= start) return undefined;
  let isAscii = true;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === SPACE || (byte >= TAB && byte <= CR)) return undefined;
    if (byte > LAST_ASCII) isAscii = false;
  }
  const target = TEXT_DECODER.decode(bytes.subarray(start, end));
  return isAscii || !/\s/.test(target) ? target : undefined;
}

/** The status of a response that begins at `start` with a status line of HTTP/1.0 or 1.1. */
function readStatusLine(bytes: Uint8Array, start: number): number | undefined {
  if (!textIsAt(bytes, start, VERSION)) return undefined;
  const minor = bytes[start + VERSION.length];
  if (minor !== ZERO && minor !== ONE) return undefined;
  const statusAt = start + VERSION_BYTES + 1;
  if (bytes[statusAt - 1] !== SPACE) return undefined;
  let status = 0;
  for (let at = statusAt; at < statusAt + STATUS_DIGITS; at++) {
    if (!isDigit(bytes[at])) return undefined;
    status = status * 10 + bytes[at]! - ZERO;
  }
  const after = bytes[statusAt + STATUS_DIGITS];
  const isLineEnd = after === LF || (after === CR && bytes[statusAt + STATUS_DIGITS + 1] === LF);
  return after === SPACE || isLineEnd ? status : undefined;
}

function lineText(bytes: Uint8Array, start: number, lineFeed: number): string {
  return TEXT_DECODER.decode(bytes.subarray(start, lineEnd(bytes, start, lineFeed)));
}

/** Where the text of a line ends. */
function lineEnd(bytes: Uint8Array, start: number, lineFeed: number): number {
  return lineFeed > start && bytes[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed;
}
