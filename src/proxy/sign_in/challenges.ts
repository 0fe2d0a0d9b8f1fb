/** What a proxy asks for in its headers `Proxy-Authenticate`. Pure. */

/** One way to sign in that a proxy offers. */
export interface Challenge {
  /** In lower case, such as `basic`. */
  readonly scheme: string;
  /** What the proxy says in this step of an exchange, as base64; absent before it begins. */
  readonly token?: string;
}

/** Proxies offer up to four; a header with more is not read further. */
const CHALLENGES = 20;

const SCHEME_REGEXP = /^([a-z0-9_-]{1,40})(?:[ \t]+(.*))?$/is;
const TOKEN_REGEXP = /^[a-z0-9+/]+={0,2}$/i;

/**
 * Reads the values of these headers, each of which may hold several challenges by commas; anything else is left out.
 *
 * @example
 * ```ts
 * parseChallenges(['Basic realm="a, b"', "NTLM, Negotiate YII="]); // basic, ntlm, negotiate with its token
 * ```
 */
export function parseChallenges(values: readonly string[]): readonly Challenge[] {
  const challenges: Challenge[] = [];
  for (const part of values.flatMap(partsOf)) {
    // A parameter of the challenge before has "=" after its name, and no blank ahead of it.
    const [, scheme, rest = ""] = SCHEME_REGEXP.exec(part) ?? [];
    if (scheme === undefined || rest.startsWith("=")) continue;
    const token = rest.trim();
    challenges.push({ scheme: scheme.toLowerCase(), ...(TOKEN_REGEXP.test(token) ? { token } : {}) });
    if (challenges.length === CHALLENGES) break;
  }
  return challenges;
}

/** The parts between the commas that are not within quotes. */
function partsOf(value: string): string[] {
  const parts: string[] = [];
  let begin = 0;
  let quoted = false;
  for (let index = 0; index < value.length; index++) {
    const character = value[index];
    if (quoted && character === "\\") index++;
    else if (character === '"') quoted = !quoted;
    else if (character === "," && !quoted) {
      parts.push(value.slice(begin, index).trim());
      begin = index + 1;
    }
  }
  return [...parts, value.slice(begin).trim()];
}
