import { REDACTED } from "./redacted.ts";

/**
 * The words that call a value secret. Searched as they stand, without what may be around them: a pattern that begins
 * with "any word characters" takes quadratic time for a long word.
 */
const WORD_REGEXP =
  /authorization|x-registry-(?:auth|config)|cookie|pgpass(?:word)?|passw(?:or)?d|passphrase|passcode|secret|token|credentials?|(?:api|access|account|private|signing|encryption|license|master)[-_]?key|signature|pass|pwd|auth|sig/gi;
/** What may follow the word within a name, as in `AWS_SECRET_ACCESS_KEY`. */
const SUFFIX_REGEXP =
  /(?:[-_]?(?:access|encryption|signing|shared))?(?:[-_]?key)?(?:[-_]?base(?:64)?)?(?:[-_]?(?:value|text|hash|data|plain))?s?(?:[-_]?\d{1,3})?(?![\w-])/iy;
const SEPARATOR_REGEXP = /\\{0,3}["']?\s{0,8}(?:=>|:=|[:=])\s{0,8}/y;
/** Values of headers go to the end of the line, and may be in Go's brackets. */
const HEADER_VALUE_REGEXP = /(\[?\\{0,3}["']?)[^"'\\\r\n\]]+/y;
/** What opens an object has names of its own in it. */
const BARE_VALUE_REGEXP = /(?!\{)[^\s"',;&}\]\\]+/y;
const FLAG_SPACE_REGEXP = / {1,4}(?!-)(?=\S)/y;
const OPENING_QUOTE_REGEXP = /\\{0,3}["']/y;

const HEADERS = new Set(["authorization", "x-registry-auth", "x-registry-config", "cookie"]);
/** Words that are part of many others: they must stand alone, or at the end of a name. */
const SHORT_WORDS = new Set(["pass", "pwd", "auth", "sig", "signature"]);
/** Characters before a word that are checked: names are not longer. */
const NAME_CHARACTERS = 64;

/**
 * Takes out the values of what is called a password, a token, a key or the like: `password=x`, `"token": "x"`,
 * `DB_PASS: x`, `--password x`, `?sig=x`, and the values of headers that authorize. Linear: each word is followed by a
 * bounded number of characters up to its value, and the search continues after the value. Pure.
 */
export function redactNamedSecrets(text: string): string {
  let clean = "";
  let kept = 0;
  WORD_REGEXP.lastIndex = 0;
  for (let match = WORD_REGEXP.exec(text); match !== null; match = WORD_REGEXP.exec(text)) {
    const next = WORD_REGEXP.lastIndex;
    const value = valueOf(text, match[0].toLowerCase(), match.index, next);
    if (value === undefined) continue;
    clean += text.slice(kept, value.start) + REDACTED;
    kept = value.end;
    WORD_REGEXP.lastIndex = Math.max(value.end, next);
  }
  return clean + text.slice(kept);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function valueOf(text: string, word: string, at: number, wordEnd: number): Span | undefined {
  if (HEADERS.has(word)) return headerValue(text, wordEnd);
  const nameEnd = SHORT_WORDS.has(word) ? wordEnd : matchEnd(SUFFIX_REGEXP, text, wordEnd);
  if (nameEnd < 0) return undefined;
  const separated = matchEnd(SEPARATOR_REGEXP, text, nameEnd);
  if (separated < 0) {
    if (!isFlag(text, at)) return undefined;
    const start = matchEnd(FLAG_SPACE_REGEXP, text, nameEnd);
    return start < 0 ? undefined : wholeValue(text, start);
  }
  if (SHORT_WORDS.has(word) && !standsAlone(text, word, at, nameEnd, separated)) return undefined;
  return wholeValue(text, separated);
}

function headerValue(text: string, wordEnd: number): Span | undefined {
  const separated = matchEnd(SEPARATOR_REGEXP, text, wordEnd);
  if (separated < 0) return undefined;
  HEADER_VALUE_REGEXP.lastIndex = separated;
  const match = HEADER_VALUE_REGEXP.exec(text);
  return match === null
    ? undefined
    : { start: separated + match[1]!.length, end: HEADER_VALUE_REGEXP.lastIndex };
}

/** A value in quotes may hold spaces, and quotes that are escaped deeper than its own. */
function wholeValue(text: string, start: number): Span | undefined {
  const opened = matchEnd(OPENING_QUOTE_REGEXP, text, start);
  if (opened < 0) {
    const end = matchEnd(BARE_VALUE_REGEXP, text, start);
    return end < 0 ? undefined : { start, end };
  }
  const quote = text.slice(start, opened);
  let end = text.indexOf(quote, opened);
  while (end >= 0 && isEscaped(text, end, opened)) end = text.indexOf(quote, end + quote.length);
  return { start: opened, end: end < 0 ? text.length : end };
}

/** An odd number of backslashes before a quote that has none of its own. */
function isEscaped(text: string, at: number, from: number): boolean {
  let backslashes = 0;
  while (at - backslashes > from && text[at - backslashes - 1] === "\\") backslashes++;
  return backslashes % 2 === 1;
}

/** Whether the name that the word ends is one of its own, such as `DB_PASS`, not the end of `compass`. */
function standsAlone(text: string, word: string, at: number, nameEnd: number, separated: number): boolean {
  const before = text[at - 1] ?? " ";
  const separator = text.slice(nameEnd, separated);
  switch (word) {
    case "pass": // "PASS: TestName" is the result of a test
      return before === "_" || before === "-" || (isBoundary(before) && !/^:\s/.test(separator));
    case "pwd": // PWD and OLDPWD are folders
      return before === "_" || before === "-" ||
        (isBoundary(before) && !/^PWD$/.test(text.slice(at, nameEnd)));
    case "auth": // "auth" of Docker's configuration, _auth of npm's
      return before === "_" || (isBoundary(before) && /^\\{0,3}["']/.test(separator));
    default: // signatures of links
      return before === "?" || before === "&" || before === "-" || before === ";";
  }
}

function isBoundary(character: string): boolean {
  return !/[\w-]/.test(character);
}

/** Whether the name that the word at `at` ends begins with `--`, so that its value may follow after a space. */
function isFlag(text: string, at: number): boolean {
  return /(?:^|[\s"'])--[\w-]*$/.test(text.slice(Math.max(0, at - NAME_CHARACTERS), at));
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}
