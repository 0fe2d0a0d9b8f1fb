/** Every importance of a log line, least first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** The importance of a log line. */
export type LogLevel = typeof LOG_LEVELS[number];

/** Every part of the product that writes to the log. */
export const LOG_SOURCES = ["host", "agent", "dockerd"] as const;

/** The part of the product that a log line comes from. */
export type LogSource = typeof LOG_SOURCES[number];

/** The fields of a line, besides its event name. Values must survive JSON. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** A log sink. It takes a dotted event name and fields, not a sentence; always passed in, never a global. */
export interface Log {
  (level: LogLevel, event: string, fields?: LogFields): void;
  /** Whether lines of this level are kept. A sink without it keeps all. */
  readonly keeps?: (level: LogLevel) => boolean;
}

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

/** Which lines a reader wants. A member that is left out allows every value. */
export interface LogFilter {
  readonly source?: LogSource | undefined;
  /** The lowest level: `warn` means warnings and errors. */
  readonly level?: LogLevel | undefined;
}

/** Whether a level is `least` or above. Pure. */
export function isAtLeast(level: LogLevel, least: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);
}

/** Whether the filter allows the line. Pure. */
export function isWanted(line: LogLine, { source, level }: LogFilter): boolean {
  if (source !== undefined && line.source !== source) return false;
  return level === undefined || isAtLeast(line.level, level);
}

/** Whether it is worth putting together the fields of a line: they cost more than the call for each request. */
export function isKept(log: Log, level: LogLevel): boolean {
  return log.keeps === undefined || log.keeps(level);
}

/** A log that drops everything, for tests and for callers without one. */
export const NO_LOG: Log = Object.assign(() => {}, { keeps: () => false });
