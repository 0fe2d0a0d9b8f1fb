import type { EngineUse } from "../../agent/protocol/rpc_messages.ts";
import type { KeepReason } from "../../api/resources/engine.ts";
import type { ActiveRequest } from "../../relay/relay.ts";

/** Names that are listed; more would fill a terminal. */
const LISTED_NAMES = 3;

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
export function reasonsOfRequests(requests: readonly ActiveRequest[]): KeepReason[] {
  const oldest = new Map<string, number>();
  for (const request of requests) {
    if (!keepsEngine(request)) continue;
    const what = WORDS[request.kind] ?? "request";
    oldest.set(what, Math.min(oldest.get(what) ?? Infinity, request.since));
  }
  return [...oldest].map(([what, since]) => ({ what, since: new Date(since).toISOString() }));
}

/** Why what the agent sees keeps the engine. Pure. */
export function reasonsOfUse(use: EngineUse): KeepReason[] {
  const reasons: KeepReason[] = [];
  if (use.containerCount > 0) reasons.push({ what: containerWords(use), since: null });
  if (use.swarm) reasons.push({ what: "swarm", since: null });
  if (use.localClients > 0) reasons.push({ what: "Docker client in the distro", since: null });
  return reasons;
}

function containerWords({ containers, containerCount }: EngineUse): string {
  const names = containers.slice(0, LISTED_NAMES)
    .map(({ name, state }) => state === "running" ? name : `${name} (${state})`);
  const rest = containerCount - names.length;
  const list = `${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  return containerCount === 1 ? `container ${list}` : `containers ${list}`;
}
