/** `current.json`, the file that says which version runs, as `FORMAT.md` fixes it: text to values and back. No I/O. */
import { EMBEDDED, isDigest } from "./payload.ts";

/** What `current.json` says. Versions are "embedded" or the sha256 of an index file. */
export interface Current {
  /** sha256 of the index in the executable that all this was decided for; with another one the file is ignored. */
  readonly embedded: string;
  /** The version that runs. */
  readonly current: string;
  /** The version that runs while `current` is on trial, or where it is incomplete; `null` for the embedded one. */
  readonly previous: string | null;
  /** Whether `current` has still to show that it works: only `windlass host` runs it. */
  readonly trial: boolean;
  /** How often it was started on trial, 0 to 99. The launcher counts up to {@linkcode TRIAL_TRIES}. */
  readonly tries: number;
}

/** Starts of `windlass host` that a version on trial gets before the previous one runs. */
export const TRIAL_TRIES = 2;
/** Longest file: three digests and the words around them are half of it. */
export const MAX_CURRENT_BYTES = 1024;

/** The launcher splits the text in the same way: no escapes, no fractions, no nesting. */
const TOKEN_REGEXP = /[ \t\r\n]*(?:("[a-z0-9]*")|([{}:,])|(true|false|null|0|[1-9][0-9]?)(?![a-z0-9]))/y;
const KEYS = ["format", "embedded", "current", "previous", "trial", "tries"] as const;

/** Reads the text; `undefined` if it is not what {@linkcode formatCurrent} writes, give or take white space and order. */
export function parseCurrent(text: string): Current | undefined {
  if (new TextEncoder().encode(text).length > MAX_CURRENT_BYTES) return undefined;
  const tokens = tokensOf(text);
  if (tokens === undefined || tokens.length !== KEYS.length * 4 + 1 || tokens[0] !== "{") return undefined;
  const values: Record<string, string> = {};
  for (let place = 1; place < tokens.length; place += 4) {
    const [key, colon, value, end] = tokens.slice(place, place + 4);
    const last = place + 4 === tokens.length;
    if (colon !== ":" || end !== (last ? "}" : ",")) return undefined;
    values[key!] = value!;
  }
  if (!KEYS.every((key) => `"${key}"` in values)) return undefined;
  return currentOf((key) => values[`"${key}"`]!);
}

/** The text for these values, one line. */
export function formatCurrent(current: Current): string {
  const { embedded, previous, trial, tries } = current;
  return `${JSON.stringify({ format: 1, embedded, current: current.current, previous, trial, tries })}\n`;
}

/** The pieces of the text, or `undefined` if something else is in it. */
function tokensOf(text: string): readonly string[] | undefined {
  const tokens: string[] = [];
  const body = text.replace(/[ \t\r\n]+$/, "");
  for (let place = 0; place < body.length; place = TOKEN_REGEXP.lastIndex) {
    TOKEN_REGEXP.lastIndex = place;
    const match = TOKEN_REGEXP.exec(body);
    if (match === null) return undefined;
    tokens.push(match[1] ?? match[2] ?? match[3]!);
  }
  return tokens;
}

function currentOf(valueOf: (key: typeof KEYS[number]) => string): Current | undefined {
  const embedded = wordOf(valueOf("embedded"));
  const current = wordOf(valueOf("current"));
  const previous = valueOf("previous") === "null" ? null : wordOf(valueOf("previous"));
  const [trial, tries] = [valueOf("trial"), valueOf("tries")];
  if (valueOf("format") !== "1" || embedded === undefined || !isDigest(embedded)) return undefined;
  if (current === undefined || !isVersion(current)) return undefined;
  if (previous === undefined || (previous !== null && !isVersion(previous))) return undefined;
  if ((trial !== "true" && trial !== "false") || !/^\d{1,2}$/.test(tries)) return undefined;
  return { embedded, current, previous, trial: trial === "true", tries: Number(tries) };
}

/** What stands between the quotes, or `undefined` if there are none. */
function wordOf(token: string): string | undefined {
  return token.startsWith('"') ? token.slice(1, -1) : undefined;
}

function isVersion(word: string): boolean {
  return word === EMBEDDED || isDigest(word);
}
