import { API_LIMITS } from "./api_limits.ts";
import type { PageSessions } from "./page_sessions.ts";

/** The port and the sessions that admit a browser to the page. */
export interface PageAccess {
  readonly port: number;
  readonly sessions: PageSessions;
}

/** Must match `KEY` in src/api/status_page/page.js. */
const PAGE_KEY_HEADER = "windlass-page-key";

/** Shown to a browser that is not admitted to the page. */
const CLOSED = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Windlass: page closed</title>
<h1>This page is closed</h1>
<p>A link to it works only once, within a minute. Run <code>windlass open</code> to open it again.</p>
</html>
`;

/** A new address that opens the page once. */
export function pageLink({ port, sessions }: PageAccess): string {
  return `http://127.0.0.1:${port}/?code=${sessions.createCode()}`;
}

/**
 * Answers a browser that requests the page and is not yet admitted. A code in the address is exchanged for a cookie
 * and a key behind the `#`, which only the page's script sees and keeps. A browser with neither code nor cookie is
 * shown how to open the page. `undefined` for every other request, and for a browser that is already admitted.
 */
export function enterPage(request: Request, access: PageAccess): Response | undefined {
  const { pathname, searchParams } = new URL(request.url);
  if (request.method !== "GET" || pathname !== "/") return undefined;
  const code = searchParams.get("code");
  const session = code === null ? undefined : access.sessions.redeem(code);
  if (session !== undefined) {
    return redirect(`/#key=${access.sessions.keyOf(session)}`, cookieOf(session, access.port));
  }
  if (!hasPageSession(request, access)) {
    return new Response(CLOSED, { status: 401, headers: { "content-type": "text/html; charset=utf-8" } });
  }
  return code === null ? undefined : redirect("/");
}

/** Whether the request carries the cookie of a page: enough to load the page, which contains no secret. */
export function hasPageSession(request: Request, access: PageAccess): boolean {
  return sessionOf(request, access) !== undefined;
}

/** Whether the request also carries the key of its page, which only the page's own script can send. */
export function hasPageKey(request: Request, access: PageAccess): boolean {
  const session = sessionOf(request, access);
  const key = request.headers.get(PAGE_KEY_HEADER);
  return session !== undefined && key !== null && access.sessions.isKeyOf(session, key);
}

function sessionOf({ headers }: Request, { port, sessions }: PageAccess): string | undefined {
  const name = `${cookieName(port)}=`;
  const cookie = (headers.get("cookie") ?? "").split(/; */).find((pair) => pair.startsWith(name));
  const session = cookie?.slice(name.length);
  return session !== undefined && sessions.isOpen(session) ? session : undefined;
}

/** Browsers share cookies between all ports of a machine, so the name distinguishes instances. */
function cookieName(port: number): string {
  return `windlass_${port}`;
}

function cookieOf(session: string, port: number): string {
  const seconds = API_LIMITS.pageSessionMilliseconds / 1_000;
  return `${cookieName(port)}=${session}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${seconds}`;
}

function redirect(location: string, cookie?: string): Response {
  const headers = new Headers({ location });
  if (cookie !== undefined) headers.set("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}
