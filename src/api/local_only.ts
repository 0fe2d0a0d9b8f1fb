import { createHash, timingSafeEqual } from "node:crypto";
import { clientProof, hostProof, parseProof, PROOF_HEADER } from "../client/host_proof.ts";
import { API_LIMITS } from "./api_limits.ts";
import { enterPage, hasPageKey, hasPageSession } from "./page_entry.ts";
import type { PageSessions } from "./page_sessions.ts";
import { problemResponse } from "./problem_response.ts";

/** Serves requests; a Hono app is one. */
export interface RequestHandler {
  fetch(request: Request): Response | Promise<Response>;
}

/** The secrets and the address that a request is checked against. */
export interface Access {
  readonly port: number;
  readonly token: string;
  /** Process id of the host, by which a client recognizes that the port still belongs to its host. */
  readonly pid: number;
  /** The browsers that are admitted without the token. */
  readonly sessions: PageSessions;
}

/** Set on every response, refusals included. A page sets its own policy, which allows its own script and style. */
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
 * Passes a request to the handler only if a program of this user made it: it is addressed to this machine by number or
 * by `localhost` (which refuses a name that an attacker points to this machine), no web page of another origin made it,
 * and it carries the token, a proof of it, or both secrets of a page. All of this is decided before any route matches.
 */
export function localOnly(handler: RequestHandler, access: Access): RequestHandler {
  return {
    async fetch(request) {
      const nonce = await provenNonce(request, access);
      const isKnown = nonce !== undefined || hasToken(request, access);
      const answer = foreign(request, access) ?? (isKnown ? undefined : unknown(request, access)) ??
        await handler.fetch(request);
      const { headers } = answer;
      if (nonce !== undefined) headers.set(PROOF_HEADER, await hostProof(access.token, nonce));
      for (const [name, value] of Object.entries(HEADERS)) if (!headers.has(name)) headers.set(name, value);
      headers.set("windlass-pid", String(access.pid));
      return answer;
    },
  };
}

/** Refuses a request that another site made a browser send, regardless of its credentials. */
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
      `Cannot answer: the address of the request has ${length} characters, the limit is ${API_LIMITS.targetCharacters}`,
  });
}

/** The nonce of a request whose sender has proved that it knows the token. */
async function provenNonce(
  { headers, method, url }: Request,
  { token }: Access,
): Promise<string | undefined> {
  const shown = parseProof(headers.get("authorization") ?? "");
  if (shown === undefined) return undefined;
  const { pathname, search } = new URL(url);
  const right = await clientProof(token, shown.nonce, { method, target: pathname + search });
  return isSameSecret(shown.proof, right) ? shown.nonce : undefined;
}

function hasToken({ headers }: Request, { token }: Access): boolean {
  const given = /^Bearer (.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  return given !== undefined && isSameSecret(given, token);
}

/** Refuses a request that has no token and is not a page's. */
function unknown(request: Request, access: Access): Response | undefined {
  const entered = enterPage(request, access);
  if (entered !== undefined) return entered;
  if (hasPageKey(request, access)) {
    return isSafe(request) ? undefined : forbidden("a page must say where its request comes from");
  }
  const isPage = hasPageSession(request, access);
  if (isPage && request.method === "GET" && new URL(request.url).pathname === "/") return undefined;
  const response = problemResponse(401, {
    code: "WL_API_UNAUTHORIZED",
    message: request.headers.has("authorization")
      ? "Cannot answer: the token is not that of the running host"
      : isPage
      ? "Cannot answer: the request carries the cookie of a page, but not its key"
      : "Cannot answer: the request carries no token",
  });
  response.headers.set("www-authenticate", "Bearer");
  return response;
}

/**
 * A browser sends cookies on its own, so with a cookie only reading is safe without evidence of which page made the
 * request. If there is an Origin, it has already been checked.
 */
function isSafe({ method, headers }: Request): boolean {
  return method === "GET" || method === "HEAD" || headers.has("origin") ||
    headers.get("sec-fetch-site") === "same-origin";
}

/** The origin of an address; `undefined` if it is not an address, such as the "null" of a sandboxed page. */
function originOf(value: string): string | undefined {
  return URL.canParse(value) ? new URL(value).origin : undefined;
}

/** In constant time: the duration reveals neither how much of a guess was right nor how long the secret is. */
function isSameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

function forbidden(state: string): Response {
  return problemResponse(403, { code: "WL_API_FORBIDDEN", message: `Cannot answer: ${state}` });
}
