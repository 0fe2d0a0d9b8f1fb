/**
 * Reads just as much of an HTTP/1 head as the relay has to know, straight from the bytes: no map of headers is
 * built. Whatever is unusual reads as `undefined`, and the relay then passes bytes on without looking at them.
 */

/** What both kinds of head say about the body that follows. */
export interface BodyFraming {
  /** The declared length; {@linkcode NO_LENGTH} without one. */
  contentLength: number;
  /** Whether the body is sent in chunks. A length does not count then. */
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

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
const ABSENT = -1;
/** Turns an ASCII capital letter into a small one. */
const LOWER_CASE_BIT = 0x20;
/** The most digits whose number is exact in JavaScript. */
const LENGTH_DIGITS = 15;

const REQUEST_LINE_REGEXP = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) (\S+) HTTP\/1\.([01])$/;
const STATUS_LINE_REGEXP = /^HTTP\/1\.[01] (\d{3})(?: |$)/;

const TEXT_DECODER = new TextDecoder();

/** Where the head that begins at `from` ends: just past the empty line, or -1 if that is still to come. */
export function headEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(LF, from); at !== ABSENT; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return ABSENT;
}

/** Whether a request may begin with these bytes, of which more may follow: a method, then a space. */
export function mayBeginRequest(bytes: Uint8Array, from: number, methodBytes: number): boolean {
  const end = Math.min(bytes.length, from + methodBytes + 1);
  for (let at = from; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === SPACE) return at > from;
    if (!isTokenByte(byte)) return false;
  }
  return bytes.length - from <= methodBytes;
}

/** Reads the request head in `bytes` from `start` to `end`, the empty line included. */
export function readRequestHead(bytes: Uint8Array, start: number, end: number): RequestHead | undefined {
  const lineEnd = bytes.indexOf(LF, start);
  const match = REQUEST_LINE_REGEXP.exec(lineText(bytes, start, lineEnd));
  if (match === null) return undefined;
  const head: RequestHead = {
    method: match[1]!,
    target: match[2]!,
    contentLength: NO_LENGTH,
    chunked: false,
    upgrade: false,
    expectsContinue: false,
    encoded: false,
    closes: match[3] === "0",
  };
  for (let at = lineEnd + 1; at < end;) {
    const next = bytes.indexOf(LF, at) + 1;
    switch (bytes[at]! | LOWER_CASE_BIT) {
      case 0x63: // c
        if (nameIs(bytes, at, "content-encoding")) head.encoded = true;
        else if (nameIs(bytes, at, "connection")) head.closes ||= saysClose(bytes, at, next);
        else if (!readFraming(bytes, at, next, head)) return undefined;
        break;
      case 0x74: // t
        if (!readFraming(bytes, at, next, head)) return undefined;
        break;
      case 0x65: // e
        if (nameIs(bytes, at, "expect")) head.expectsContinue = true;
        break;
      case 0x75: // u
        if (nameIs(bytes, at, "upgrade")) head.upgrade = true;
        break;
      default:
        if (bytes[at] === SPACE || bytes[at] === TAB) return undefined;
    }
    at = next;
  }
  return head;
}

/** Reads the response head in `bytes` from `start` to `end`, the empty line included. */
export function readResponseHead(bytes: Uint8Array, start: number, end: number): ResponseHead | undefined {
  const lineEnd = bytes.indexOf(LF, start);
  const match = STATUS_LINE_REGEXP.exec(lineText(bytes, start, lineEnd));
  if (match === null) return undefined;
  const head: ResponseHead = { status: Number(match[1]), contentLength: NO_LENGTH, chunked: false };
  for (let at = lineEnd + 1; at < end;) {
    const next = bytes.indexOf(LF, at) + 1;
    if (!readFraming(bytes, at, next, head)) return undefined;
    at = next;
  }
  return head;
}

/**
 * The same request head for a body of `contentLength` bytes that is there already: the length takes the place
 * of what told the old one, the client's wish for `100 Continue` is gone, all other lines are byte-identical.
 */
export function headForBody(head: Uint8Array, contentLength: number): Uint8Array {
  const lines: Uint8Array[] = [];
  let lengthLine: Uint8Array | undefined = new TextEncoder().encode(`Content-Length: ${contentLength}\r\n`);
  for (let at = 0; at < head.length;) {
    const next = head.indexOf(LF, at) + 1;
    if (nameIs(head, at, "content-length") || nameIs(head, at, "transfer-encoding")) {
      if (lengthLine !== undefined) lines.push(lengthLine);
      lengthLine = undefined;
    } else if (!nameIs(head, at, "expect") && !nameIs(head, at, "trailer")) {
      lines.push(head.subarray(at, next));
    }
    at = next;
  }
  const joined = new Uint8Array(lines.reduce((length, line) => length + line.length, 0));
  let at = 0;
  for (const line of lines) {
    joined.set(line, at);
    at += line.length;
  }
  return joined;
}

/** Takes over what the line says about the body. False if that cannot be relied on. */
function readFraming(bytes: Uint8Array, at: number, next: number, head: BodyFraming): boolean {
  if (nameIs(bytes, at, "content-length")) {
    const text = valueText(bytes, at + "content-length:".length, next);
    if (!/^\d+$/.test(text) || text.length > LENGTH_DIGITS) return false;
    const length = Number(text);
    if (head.contentLength !== NO_LENGTH && head.contentLength !== length) return false;
    head.contentLength = length;
  } else if (nameIs(bytes, at, "transfer-encoding")) {
    if (
      head.chunked || valueText(bytes, at + "transfer-encoding:".length, next).toLowerCase() !== "chunked"
    ) {
      return false;
    }
    head.chunked = true;
  }
  return true;
}

/** Whether the line at `at` is the header with this name, given in small letters. */
function nameIs(bytes: Uint8Array, at: number, name: string): boolean {
  if (bytes[at + name.length] !== COLON) return false;
  for (let index = 0; index < name.length; index++) {
    if ((bytes[at + index]! | LOWER_CASE_BIT) !== name.charCodeAt(index)) return false;
  }
  return true;
}

/** Whether the `Connection` line at `at` has `close` among what it lists. */
function saysClose(bytes: Uint8Array, at: number, next: number): boolean {
  const options = valueText(bytes, at + "connection:".length, next).toLowerCase().split(",");
  return options.some((option) => option.trim() === "close");
}

function valueText(bytes: Uint8Array, from: number, next: number): string {
  return TEXT_DECODER.decode(bytes.subarray(from, next)).trim();
}

function lineText(bytes: Uint8Array, start: number, lineFeed: number): string {
  const end = bytes[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed;
  return TEXT_DECODER.decode(bytes.subarray(start, end));
}

function isTokenByte(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || // A-Z a-z
    (byte >= 0x30 && byte <= 0x39) || "!#$%&'*+-.^_`|~".includes(String.fromCharCode(byte));
}
