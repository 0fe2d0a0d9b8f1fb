import type { LogFields, LogLine } from "./log.ts";

/** What stands where a secret was. */
export const REDACTED = "(redacted)";

/** `http://user:password@proxy`, also without a user. */
const URL_CREDENTIALS_REGEXP = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"'\\]+@/gi;
/** `Authorization: Bearer ...`, `X-Registry-Auth: ...`, `Cookie: ...`, to the end of the value. */
const HEADER_REGEXP =
  /\b((?:proxy-)?authorization|x-registry-(?:auth|config)|(?:set-)?cookie)(["']?\s*[:=]\s*\[?["']?)[^"'\r\n\]]+/gi;
/** `password=x`, `"token": "x"`, `identitytoken: x`. A value in quotes may have spaces. */
const NAMED_REGEXP =
  /\b([\w-]*(?:password|passwd|secret|token|api[_-]?key))(\\?["']?\s*[:=]\s*)(\\?"(?:[^"\\]|\\[^"])*\\?"|'[^']*'|[^\s"',;&}\]]+)/gi;

/**
 * Takes secrets out of text before it is kept or shown: credentials in URLs and headers, what is called password,
 * secret or token, and every value that it was told is secret.
 *
 * @example
 * ```ts
 * new Redactor().text("proxy http://me:pw@proxy:3128"); // "proxy http://(redacted)@proxy:3128"
 * ```
 */
export class Redactor {
  readonly #secrets = new Set<string>();

  /** From now on this very text is taken out wherever it is. */
  hide(secret: string): void {
    if (secret !== "") this.#secrets.add(secret);
  }

  /** The text without its secrets. */
  text(text: string): string {
    let clean = text;
    for (const secret of this.#secrets) clean = clean.replaceAll(secret, REDACTED);
    return clean
      .replace(URL_CREDENTIALS_REGEXP, `$1${REDACTED}@`)
      .replace(HEADER_REGEXP, `$1$2${REDACTED}`)
      .replace(NAMED_REGEXP, (_, name, separator, value) => name + separator + redactedLike(value));
  }

  /** The line without its secrets; the same object where it has none. */
  line(line: LogLine): LogLine {
    const event = this.text(line.event);
    const fields = line.fields && this.#fields(line.fields);
    if (event === line.event && fields === line.fields) return line;
    return { ...line, event, ...(fields === undefined ? {} : { fields }) };
  }

  #fields(fields: LogFields): LogFields {
    const entries = Object.entries(fields);
    const clean = entries.map(([name, value]) =>
      [name, typeof value === "string" ? this.text(value) : value] as const
    );
    return clean.every(([, value], index) => value === entries[index]![1])
      ? fields
      : Object.fromEntries(clean);
  }
}

/** In the quotes that the value had, so that JSON stays JSON. */
function redactedLike(value: string): string {
  const quote = /^\\?["']/.exec(value)?.[0] ?? "";
  return quote + REDACTED + quote;
}
