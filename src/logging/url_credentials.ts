import { REDACTED } from "./redacted.ts";

/** Characters of a URL's authority that are searched: proxies and registries have short ones. */
const AUTHORITY_CHARACTERS = 512;
/** What ends a URL in text. */
const STRETCH_REGEXP = /[^\s"'<>\\]{0,512}/y;
/** Where the authority of a URL should end. */
const AUTHORITY_REGEXP = /[^\s"'<>\\/?#]{0,512}/y;
/** A password with a space in it: the URL then ends with the line, or its quotes. */
const LINE_REGEXP = /[^\r\n"'<>\\]{0,512}/y;
/** `host:8080`, as opposed to `user:password`. */
const PORT_REGEXP = /:\d{0,5}$/;
/** An address in brackets has colons of its own. */
const IPV6_REGEXP = /^\[[0-9a-f:.%]*\](?::\d{0,5})?$/i;

/**
 * Takes user names and passwords out of URLs: `http://user:password@proxy`. Passwords that nobody has percent-encoded
 * may hold `/`, `@` or a space; then more is taken out rather than less. Linear: each `://` is followed for a
 * bounded number of characters, and only if an `@` is near enough. Pure.
 */
export function redactUrlCredentials(text: string): string {
  let clean = "";
  let kept = 0;
  let nextAt = text.indexOf("@");
  for (let mark = text.indexOf("://"); mark >= 0 && nextAt >= 0; mark = text.indexOf("://", mark + 3)) {
    const start = mark + 3;
    if (start <= kept) continue;
    if (nextAt < start) nextAt = text.indexOf("@", start);
    if (nextAt < 0 || nextAt - start > AUTHORITY_CHARACTERS) continue;
    const end = credentialsEnd(text, start);
    if (end < 0) continue;
    clean += text.slice(kept, start) + REDACTED;
    kept = end;
  }
  return clean + text.slice(kept);
}

/** Where the `@` is that ends the credentials after `start`, or -1 without any. */
function credentialsEnd(text: string, start: number): number {
  const authority = matchAt(AUTHORITY_REGEXP, text, start);
  const stretch = matchAt(STRETCH_REGEXP, text, start);
  if (authority.includes("@")) return start + stretch.lastIndexOf("@");
  if (!authority.includes(":") || PORT_REGEXP.test(authority) || IPV6_REGEXP.test(authority)) return -1;
  const at = stretch.includes("@")
    ? stretch.lastIndexOf("@")
    : matchAt(LINE_REGEXP, text, start).lastIndexOf("@");
  return at < 0 ? -1 : start + at;
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}
