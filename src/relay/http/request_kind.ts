import type { BodySubject } from "../paths/host_paths.ts";

/** What a request keeps busy; decides whether the engine is in use. */
export type RequestKind =
  | "attach" //  a terminal or the streams of a container
  | "exec" //    a process started in a container
  | "build" //   a build or the session of one
  | "events"
  | "logs"
  | "stats"
  | "wait"
  | "image" //   pull, push, load, save, import
  | "copy" //    files into or out of a container
  | "raw" //     bytes that the relay does not look into
  | "other";

/** All that the relay derives from a request's method and path. */
export interface RequestClass {
  readonly kind: RequestKind;
  /** Whether a plain 200 without a length turns the connection into raw streams. */
  readonly hijackable: boolean;
  /** Whether the body may hold host paths, and of which form. */
  readonly subject: BodySubject | undefined;
  /** The name or id of the container that the request starts. */
  readonly starts?: string;
}

const VERSION_REGEXP = /^\/v[0-9.]+(?=\/)/;
const ABSOLUTE_TARGET_REGEXP = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/]*/;

const OTHER: RequestClass = { kind: "other", hijackable: false, subject: undefined };

/**
 * Classifies a request by its method and its target as sent: with or without `/v1.51`, a query, an authority,
 * percent-encodings.
 *
 * @example `classifyRequest("POST", "/v1.51/containers/create?name=x").subject` is `"container"`.
 */
export function classifyRequest(method: string, target: string): RequestClass {
  const [first, ...rest] = pathOf(target).slice(1).split("/");
  const last = rest.at(-1);
  switch (first) {
    case "containers":
      return containerRequest(method, rest, last);
    case "exec":
      return method === "POST" && rest.length === 2 && last === "start" ? simple("exec", true) : OTHER;
    case "volumes":
      return post(method, rest, "create") ? { ...OTHER, subject: "volume" } : OTHER;
    case "services":
      if (post(method, rest, "create") || (method === "POST" && rest.length === 2 && last === "update")) {
        return { ...OTHER, subject: "service" };
      }
      return last === "logs" ? simple("logs") : OTHER;
    case "tasks":
      return last === "logs" ? simple("logs") : OTHER;
    case "images":
      return last === "create" || last === "push" || last === "load" || last === "get"
        ? simple("image")
        : OTHER;
    case "events":
      return simple("events");
    case "build":
      return rest.length === 0 ? simple("build") : OTHER;
    case "session":
    case "grpc":
      return simple("build");
    default:
      return OTHER;
  }
}

function containerRequest(method: string, rest: string[], last: string | undefined): RequestClass {
  if (post(method, rest, "create")) return { ...OTHER, subject: "container" };
  if (rest[1] === "attach") return simple("attach", method === "POST" && rest.length === 2);
  switch (last) {
    case "start":
    case "restart":
      return method === "POST" ? { ...OTHER, starts: rest.slice(0, -1).join("/") } : OTHER;
    case "logs":
      return simple("logs");
    case "stats":
      return simple("stats");
    case "wait":
      return simple("wait");
    case "archive":
    case "export":
      return simple("copy");
    default:
      return OTHER;
  }
}

function simple(kind: RequestKind, hijackable = false): RequestClass {
  return { kind, hijackable, subject: undefined };
}

function post(method: string, rest: string[], name: string): boolean {
  return method === "POST" && rest.length === 1 && rest[0] === name;
}

function pathOf(target: string): string {
  const query = target.indexOf("?");
  let path = query < 0 ? target : target.slice(0, query);
  if (!path.startsWith("/")) path = path.replace(ABSOLUTE_TARGET_REGEXP, "");
  if (path.includes("%")) path = percentDecoded(path);
  return path.replace(VERSION_REGEXP, "");
}

function percentDecoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // the engine refuses it, whatever it was to be
  }
}
