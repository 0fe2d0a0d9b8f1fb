/** How much a log line matters, least first. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** The part of the product that a line comes from. */
export type LogSource = "host" | "agent" | "dockerd";

/** What a line carries beside its event name. Values must survive JSON. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * A log sink: an event name in dotted words and its fields, not a sentence. Handed in wherever something is
 * worth telling; never imported as a global.
 */
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

/** One line as it is stored, streamed and printed. */
export interface LogLine {
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  readonly level: LogLevel;
  readonly source: LogSource;
  /** Dotted event name; for a line that another program printed, that line. */
  readonly event: string;
  readonly fields?: LogFields | undefined;
}

/** Which lines a reader wants; without a member, that member does not matter. */
export interface LogFilter {
  readonly source?: LogSource | undefined;
  /** The least level: `warn` means warnings and errors. */
  readonly level?: LogLevel | undefined;
}

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** Whether a level matters as much as another, or more. Pure. */
export function isAtLeast(level: LogLevel, least: LogLevel): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}

/** Whether a reader wants the line. Pure. */
export function isWanted(line: LogLine, { source, level }: LogFilter): boolean {
  if (source !== undefined && line.source !== source) return false;
  return level === undefined || isAtLeast(line.level, level);
}

/** A log that drops everything; for tests and for callers that have none. */
export const NO_LOG: Log = () => {};
