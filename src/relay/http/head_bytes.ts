/**
 * What heads consist of, read from their bytes: nothing is decoded, and nothing is allocated. White space is what
 * RFC 9110 says, a space or a tab, and the end of the line. For `http_head.ts`.
 */

export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const TAB = 0x09;
const COLON = 0x3a;
const COMMA = 0x2c;
const ZERO = 0x30;
const NINE = 0x39;
const ABSENT = -1;
/** Turns an ASCII capital letter into a small one. */
export const LOWER_CASE_BIT = 0x20;
/** The most digits whose number is exact in JavaScript. */
const NUMBER_DIGITS = 15;
/** Stepping through a short line is several times faster than calling `indexOf()`, which wins on long ones. */
const STEPPED_BYTES = 128;

const IS_TOKEN_BYTE = tokenBytes();

/** Where the line that holds `from` ends: its line feed, or -1 if that is still to come. */
export function lineFeedAt(bytes: Uint8Array, from: number): number {
  const stepped = Math.min(bytes.length, from + STEPPED_BYTES);
  for (let at = from; at < stepped; at++) if (bytes[at] === LF) return at;
  return stepped === bytes.length ? ABSENT : bytes.indexOf(LF, stepped);
}

/** The first byte from `from` on that is not part of a token, such as a method. */
export function tokenEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && IS_TOKEN_BYTE[bytes[at]!] === 1) at++;
  return at;
}

/** Whether `text`, which is ASCII, is at `at`. */
export function textIsAt(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** Whether the line at `at` is the header with this name, given in small letters. */
export function nameIs(bytes: Uint8Array, at: number, name: string): boolean {
  return bytes[at + name.length] === COLON && equalsInAnyCase(bytes, at, name);
}

/** Whether what lies between `from` and `end` is `value`, given in small letters, with white space around it. */
export function valueIs(bytes: Uint8Array, from: number, end: number, value: string): boolean {
  const start = skipSpace(bytes, from, end);
  return trimmedEnd(bytes, start, end) - start === value.length && equalsInAnyCase(bytes, start, value);
}

/** Whether `item`, given in small letters, is in the comma-separated list between `from` and `end`. */
export function listHas(bytes: Uint8Array, from: number, end: number, item: string): boolean {
  let start = from;
  for (let at = from; at <= end; at++) {
    if (at < end && bytes[at] !== COMMA) continue;
    if (valueIs(bytes, start, at, item)) return true;
    start = at + 1;
  }
  return false;
}

/** The decimal number between `from` and `end`, with white space around it; `undefined` for anything else. */
export function numberBetween(bytes: Uint8Array, from: number, end: number): number | undefined {
  const start = skipSpace(bytes, from, end);
  const last = trimmedEnd(bytes, start, end);
  if (last === start || last - start > NUMBER_DIGITS) return undefined;
  let number = 0;
  for (let at = start; at < last; at++) {
    const byte = bytes[at]!;
    if (byte < ZERO || byte > NINE) return undefined;
    number = number * 10 + byte - ZERO;
  }
  return number;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

function equalsInAnyCase(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if ((bytes[at + index]! | LOWER_CASE_BIT) !== text.charCodeAt(index)) return false;
  }
  return true;
}

function skipSpace(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && isSpace(bytes[at]!)) at++;
  return at;
}

function trimmedEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = end;
  while (at > from && isSpace(bytes[at - 1]!)) at--;
  return at;
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === CR || byte === LF;
}

/** For each byte 1 if it may be in a token of RFC 9110, and 0 if not. */
function tokenBytes(): Uint8Array {
  const table = new Uint8Array(256);
  const all = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (const character of all) table[character.charCodeAt(0)] = 1;
  return table;
}
