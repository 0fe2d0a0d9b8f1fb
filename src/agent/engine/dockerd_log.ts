import type { LogFields, LogLevel, LogLine } from "../../logging/log.ts";

const LEVELS: Readonly<Record<string, LogLevel>> = {
  trace: "debug",
  debug: "debug",
  info: "info",
  warning: "warn",
  warn: "warn",
  error: "error",
  fatal: "error",
  panic: "error",
};

/** `key=value` or `key="value"`; the value in quotes has Go's escapes. */
const PAIR = /([A-Za-z_][\w.-]*)=(?:"((?:[^"\\]|\\.)*)"|(\S*))(?:\s+|$)/gy;

/**
 * One line of dockerd or containerd, which both print `time=... level=... msg=... key=value ...`. What is not of
 * that form, such as a Go panic, becomes an event as it stands. Pure.
 *
 * @param now The time of a line that names none.
 * @example
 * ```ts
 * parseDockerdLine('time="2026-01-02T03:04:05.6Z" level=info msg="Starting up"', now).event; // "Starting up"
 * ```
 */
export function parseDockerdLine(text: string, now: Date): LogLine {
  const pairs = parsePairs(text);
  const level = pairs === undefined ? undefined : LEVELS[pairs.get("level") ?? ""];
  if (pairs === undefined || level === undefined) {
    return { time: now.toISOString(), level: levelOfPlainText(text), source: "dockerd", event: text };
  }
  const event = pairs.get("msg") ?? "";
  const time = new Date(pairs.get("time") ?? NaN);
  for (const name of ["level", "msg", "time"]) pairs.delete(name);
  const fields: LogFields = Object.fromEntries(pairs);
  return {
    time: (Number.isNaN(time.getTime()) ? now : time).toISOString(),
    level,
    source: "dockerd",
    event,
    ...(pairs.size > 0 ? { fields } : {}),
  };
}

/** The pairs of a line, or `undefined` when some of it is not a pair. */
function parsePairs(text: string): Map<string, string> | undefined {
  const pairs = new Map<string, string>();
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < text.length) {
    const match = PAIR.exec(text);
    if (match === null) return undefined;
    const [, name = "", quoted, bare = ""] = match;
    pairs.set(name, quoted === undefined ? bare : unquote(quoted));
  }
  return pairs;
}

/** Undoes the escapes of Go's `%q` that are also JSON's; leaves the text alone where they are not. */
function unquote(quoted: string): string {
  if (!quoted.includes("\\")) return quoted;
  try {
    return String(JSON.parse(`"${quoted}"`));
  } catch {
    return quoted.replace(/\\(["\\])/g, "$1");
  }
}

/** A failed start prints one plain sentence, a crash a Go trace; both matter. */
function levelOfPlainText(text: string): LogLevel {
  return /^(failed|fatal|panic|error|unable|cannot)\b/i.test(text.trim()) ? "error" : "info";
}
