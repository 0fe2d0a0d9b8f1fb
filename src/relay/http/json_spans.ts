/**
 * Finds values in JSON text without turning the text into objects, so that an edit can leave every other byte
 * as it is. Works on UTF-8 bytes; all positions are byte offsets.
 *
 * Text that is not JSON is never an error here: what cannot be read is reported as absent.
 */

/** A part of the text: from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One member of an object. */
export interface Member {
  /** The key with its escapes resolved. */
  readonly key: string;
  readonly value: Span;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const ABSENT = -1;

/** A byte order mark inside a string is a letter like any other. */
const TEXT_DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** The span of the first value in the text, or `undefined` if there is none. */
export function rootValue(text: Uint8Array): Span | undefined {
  return valueAt(text, skipSpace(text, 0));
}

/** The members of the object at `span`, in order, duplicates included; none if it is not a well-formed object. */
export function objectMembers(text: Uint8Array, span: Span | undefined): Member[] {
  const members: Member[] = [];
  if (span === undefined || text[span.start] !== OPEN_BRACE) return members;
  let at = skipSpace(text, span.start + 1);
  while (text[at] === QUOTE) {
    const key = valueAt(text, at);
    if (key === undefined) return [];
    at = skipSpace(text, key.end);
    if (text[at] !== COLON) return [];
    const value = valueAt(text, skipSpace(text, at + 1));
    const decoded = stringValue(text, key);
    if (value === undefined || decoded === undefined) return [];
    members.push({ key: decoded, value });
    at = skipSpace(text, value.end);
    if (text[at] === CLOSE_BRACE) return members;
    if (text[at] !== COMMA) return [];
    at = skipSpace(text, at + 1);
  }
  return [];
}

/** The elements of the array at `span`; none if it is not a well-formed array. */
export function arrayElements(text: Uint8Array, span: Span | undefined): Span[] {
  const elements: Span[] = [];
  if (span === undefined || text[span.start] !== OPEN_BRACKET) return elements;
  let at = skipSpace(text, span.start + 1);
  while (at < span.end) {
    const element = valueAt(text, at);
    if (element === undefined) return [];
    elements.push(element);
    at = skipSpace(text, element.end);
    if (text[at] === CLOSE_BRACKET) return elements;
    if (text[at] !== COMMA) return [];
    at = skipSpace(text, at + 1);
  }
  return [];
}

/** The string at `span` with its escapes resolved, or `undefined` if it is not a string. */
export function stringValue(text: Uint8Array, span: Span): string | undefined {
  if (text[span.start] !== QUOTE) return undefined;
  const inner = text.subarray(span.start + 1, span.end - 1);
  if (inner.indexOf(BACKSLASH) === ABSENT) return TEXT_DECODER.decode(inner);
  try {
    // A JSON string on its own has no numbers to lose: only escapes are resolved.
    return String(JSON.parse(TEXT_DECODER.decode(text.subarray(span.start, span.end))));
  } catch {
    return undefined;
  }
}

/**
 * The values of the members that Go's decoder would store in the struct field `name`: it ignores the case of
 * keys, and knows two letters outside ASCII that fold to ASCII ones.
 */
export function fieldValues(text: Uint8Array, object: Span | undefined, name: string): Span[] {
  const wanted = foldKey(name);
  const values: Span[] = [];
  for (const member of objectMembers(text, object)) {
    if (foldKey(member.key) === wanted) values.push(member.value);
  }
  return values;
}

/** The string that Go's decoder would end up with in the string field `name`: the last one given, or "". */
export function fieldString(text: Uint8Array, object: Span | undefined, name: string): string {
  let result = "";
  for (const value of fieldValues(text, object, name)) result = stringValue(text, value) ?? result;
  return result;
}

function foldKey(key: string): string {
  return key.toLowerCase().replaceAll("\u017f", "s");
}

/** The extent of the value that begins at `at`. Nested values are skipped without recursion. */
function valueAt(text: Uint8Array, at: number): Span | undefined {
  const first = text[at];
  if (first === undefined) return undefined;
  let end: number;
  if (first === QUOTE) end = stringEnd(text, at);
  else if (first === OPEN_BRACE || first === OPEN_BRACKET) end = nestedEnd(text, at);
  else end = wordEnd(text, at);
  return end === ABSENT ? undefined : { start: at, end };
}

function stringEnd(text: Uint8Array, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const byte = text[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at++;
  }
  return ABSENT;
}

function nestedEnd(text: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    switch (text[at]) {
      case QUOTE:
        at = stringEnd(text, at) - 1;
        if (at < start) return ABSENT;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth++;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth--;
        if (depth === 0) return at + 1;
        break;
    }
  }
  return ABSENT;
}

/** The end of a number, `true`, `false` or `null`. */
function wordEnd(text: Uint8Array, start: number): number {
  let at = start;
  while (at < text.length && isWordByte(text[at]!)) at++;
  return at === start ? ABSENT : at;
}

function isWordByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x45 || // 0-9 a-z E
    byte === 0x2b || byte === 0x2d || byte === 0x2e; // + - .
}

function skipSpace(text: Uint8Array, at: number): number {
  while (at < text.length) {
    const byte = text[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at++;
  }
  return at;
}
