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
  readonly fields?: LogFields;
}

/** A log that drops everything; for tests and for callers that have none. */
export const NO_LOG: Log = () => {};
