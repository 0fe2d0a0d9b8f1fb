import type { ActiveRequest } from "./http/pending_request.ts";

/** Requests under way that keep the engine. */
export interface KeepingRequests {
  /** In words. */
  readonly what: string;
  /** When the oldest of them came; ISO 8601, UTC. */
  readonly since: string;
}

/** What a kind of request is called. */
const WORDS: Readonly<Partial<Record<ActiveRequest["kind"], string>>> = {
  attach: "attached terminal",
  exec: "exec",
  build: "build",
  wait: "wait",
  image: "transfer of an image",
  copy: "copy of files",
  raw: "connection that is not HTTP",
};

/**
 * Whether a request keeps the engine: one that only watches or reads does not. A watcher of a running container is
 * one of a container that keeps the engine anyway. Pure.
 */
export function keepsEngine({ kind, method }: Pick<ActiveRequest, "kind" | "method">): boolean {
  switch (kind) {
    case "events":
    case "logs":
    case "stats":
      return false;
    case "other":
      return method !== "GET" && method !== "HEAD";
    default:
      return true;
  }
}

/** Why requests under way keep the engine, the oldest of each kind. Pure. */
export function reasonsOfRequests(requests: readonly ActiveRequest[]): KeepingRequests[] {
  const oldest = new Map<string, number>();
  for (const request of requests) {
    if (!keepsEngine(request)) continue;
    const what = WORDS[request.kind] ?? "request";
    oldest.set(what, Math.min(oldest.get(what) ?? Infinity, request.since));
  }
  return [...oldest].map(([what, since]) => ({ what, since: new Date(since).toISOString() }));
}
