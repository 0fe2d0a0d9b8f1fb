import { API_LIMITS } from "./api_limits.ts";
import type { PageSessions } from "./page_sessions.ts";

/** What decides who may see the page. */
export interface PageAccess {
  readonly port: number;
  readonly sessions: PageSessions;
}

/** Shown to a browser that may not see the page. */
const CLOSED = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Windlass: page closed</title>
<h1>This page is closed</h1>
<p>An address of it works once, and for a minute. Run <code>windlass open</code> to open it again.</p>
</html>
`;

/** An address that opens the page once. Pure but for the code. */
export function pageLink({ port, sessions }: PageAccess): string {
  return `http://127.0.0.1:${port}/?code=${sessions.createCode()}`;
}

/**
 * Answers a browser that asks for the page: a code in the address becomes a cookie and leaves the address, and
 * who has neither is told how to get in. Nothing for every other request, and for who may see the page.
 */
export function enterPage(request: Request, access: PageAccess): Response | undefined {
  const { pathname, searchParams } = new URL(request.url);
  if (request.method !== "GET" || pathname !== "/") return undefined;
  const code = searchParams.get("code");
  const session = code === null ? undefined : access.sessions.redeem(code);
  if (session !== undefined) return redirect(cookieOf(session, access.port));
  if (!hasPageSession(request, access)) {
    return new Response(CLOSED, { status: 401, headers: { "content-type": "text/html; charset=utf-8" } });
  }
  return code === null ? undefined : redirect();
}

/** Whether the request carries the cookie of a page. */
export function hasPageSession({ headers }: Request, { port, sessions }: PageAccess): boolean {
  const name = `${cookieName(port)}=`;
  const cookie = (headers.get("cookie") ?? "").split(/; */).find((pair) => pair.startsWith(name));
  return cookie !== undefined && sessions.isOpen(cookie.slice(name.length));
}

/** Browsers keep one set of cookies for all ports of a machine, so the name tells instances apart. */
function cookieName(port: number): string {
  return `windlass_${port}`;
}

function cookieOf(session: string, port: number): string {
  const seconds = API_LIMITS.pageSessionMilliseconds / 1_000;
  return `${cookieName(port)}=${session}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${seconds}`;
}

function redirect(cookie?: string): Response {
  const headers = new Headers({ location: "/" });
  if (cookie !== undefined) headers.set("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}
