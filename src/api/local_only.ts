import { createHash, timingSafeEqual } from "node:crypto";
import { problemResponse } from "./problem_response.ts";

/** What serves requests; a Hono app is one. */
export interface RequestHandler {
  fetch(request: Request): Response | Promise<Response>;
}

/** Who may use the API. */
export interface Access {
  readonly port: number;
  readonly token: string;
  /** Process id of the host: a client sees by it that the port is still that of the host that it means. */
  readonly pid: number;
}

/** The longest target of a request that any route has a use for, in characters. */
const TARGET_CHARACTERS = 2_048;

/** On every answer, refusals too. A page has its own policy, which allows what that page holds. */
const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

/** Name of the header that tells the process id of the host. */
export const PID_HEADER = "windlass-pid";

/**
 * Lets a request reach the handler only if it was made by a program of this user: it is addressed to this
 * machine by number or by `localhost` (a name that an attacker lets point here is refused), no web page of
 * another origin made it, and it carries the token. All of that is known before any route is looked at.
 */
export function localOnly(handler: RequestHandler, access: Access): RequestHandler {
  return {
    async fetch(request) {
      const answer = refusal(request, access) ?? await handler.fetch(request);
      const { headers } = answer;
      for (const [name, value] of Object.entries(HEADERS)) if (!headers.has(name)) headers.set(name, value);
      headers.set(PID_HEADER, String(access.pid));
      return answer;
    },
  };
}

function refusal(request: Request, access: Access): Response | undefined {
  const { headers } = request;
  const host = headers.get("host") ?? "";
  if (!isOwnHost(host, access.port)) {
    return forbidden(`the request is meant for '${host}'`);
  }
  for (const name of ["origin", "referer"]) {
    const value = headers.get(name);
    if (value !== null && originOf(value) !== `http://${host}`) {
      return forbidden(`the request comes from '${originOf(value) ?? value}'`);
    }
  }
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") {
    return forbidden(`a page of another origin made the request (${site})`);
  }
  if (request.url.length > TARGET_CHARACTERS) {
    return problemResponse(413, {
      code: "WL_API_TOO_LARGE",
      message:
        `Cannot answer: the address of the request has ${request.url.length} characters, ${TARGET_CHARACTERS} are allowed`,
    });
  }
  if (hasToken(headers, access.token)) return undefined;
  const response = problemResponse(401, {
    code: "WL_API_UNAUTHORIZED",
    message: headers.has("authorization")
      ? "Cannot answer: the token is not that of the running host"
      : "Cannot answer: the request carries no token",
  });
  response.headers.set("www-authenticate", "Bearer");
  return response;
}

function isOwnHost(host: string, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

/** The origin of an address, or nothing for what is none, such as the "null" of a sandboxed page. */
function originOf(value: string): string | undefined {
  return URL.canParse(value) ? new URL(value).origin : undefined;
}

/** In constant time: how long it takes says nothing about how much of the token was right, nor how long it is. */
export function hasToken(headers: Headers, token: string): boolean {
  const given = /^Bearer (.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  return given !== undefined && isSameSecret(given, token);
}

/** Compares two secrets in constant time. */
export function isSameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

function forbidden(state: string): Response {
  return problemResponse(403, { code: "WL_API_FORBIDDEN", message: `Cannot answer: ${state}` });
}
