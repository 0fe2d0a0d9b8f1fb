import { createHash, timingSafeEqual } from "node:crypto";
import { API_LIMITS } from "./api_limits.ts";
import { enterPage, hasPageSession } from "./page_entry.ts";
import type { PageSessions } from "./page_sessions.ts";
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
  /** The browsers that may use it without the token. */
  readonly sessions: PageSessions;
}

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

/**
 * Lets a request reach the handler only if it was made by a program of this user: it is addressed to this
 * machine by number or by `localhost` (a name that an attacker lets point here is refused), no web page of
 * another origin made it, and it carries the token or the cookie of a page. All of that is known before any
 * route is looked at.
 */
export function localOnly(handler: RequestHandler, access: Access): RequestHandler {
  return {
    async fetch(request) {
      const answer = foreign(request, access) ?? unknown(request, access) ?? await handler.fetch(request);
      const { headers } = answer;
      for (const [name, value] of Object.entries(HEADERS)) if (!headers.has(name)) headers.set(name, value);
      headers.set("windlass-pid", String(access.pid));
      return answer;
    },
  };
}

/** Refuses what another site made a browser send, whatever it carries. */
function foreign(request: Request, access: Access): Response | undefined {
  const { headers } = request;
  const host = headers.get("host") ?? "";
  if (host !== `127.0.0.1:${access.port}` && host !== `localhost:${access.port}`) {
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
  const { length } = request.url;
  if (length <= API_LIMITS.targetCharacters) return undefined;
  return problemResponse(413, {
    code: "WL_API_TOO_LARGE",
    message:
      `Cannot answer: the address of the request has ${length} characters, ${API_LIMITS.targetCharacters} are allowed`,
  });
}

/** Refuses whoever shows neither the token nor the cookie of a page. */
function unknown(request: Request, access: Access): Response | undefined {
  const given = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (given !== undefined && isSameSecret(given, access.token)) return undefined;
  const entered = enterPage(request, access);
  if (entered !== undefined) return entered;
  if (hasPageSession(request, access)) {
    return isSafe(request) ? undefined : forbidden("a page must say where its request comes from");
  }
  const response = problemResponse(401, {
    code: "WL_API_UNAUTHORIZED",
    message: request.headers.has("authorization")
      ? "Cannot answer: the token is not that of the running host"
      : "Cannot answer: the request carries no token",
  });
  response.headers.set("www-authenticate", "Bearer");
  return response;
}

/**
 * With a cookie, which a browser sends by itself, only reading is safe without a proof of where the request was
 * made. An Origin that is there has been compared already.
 */
function isSafe({ method, headers }: Request): boolean {
  return method === "GET" || method === "HEAD" || headers.has("origin") ||
    headers.get("sec-fetch-site") === "same-origin";
}

/** The origin of an address, or nothing for what is none, such as the "null" of a sandboxed page. */
function originOf(value: string): string | undefined {
  return URL.canParse(value) ? new URL(value).origin : undefined;
}

/** In constant time: how long it takes says nothing about how much was right, nor how long the secret is. */
function isSameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

function forbidden(state: string): Response {
  return problemResponse(403, { code: "WL_API_FORBIDDEN", message: `Cannot answer: ${state}` });
}
