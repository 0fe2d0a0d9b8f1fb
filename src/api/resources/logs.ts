/** The log. The types are the logger's own; they are defined there, where no schema is loaded. */
import { z } from "zod";
import { LOG_LEVELS, LOG_SOURCES } from "../../logging/log.ts";
import type * as log from "../../logging/log.ts";

/** The part of the product that a log line comes from. */
export type LogSource = log.LogSource;

export const LogSource: z.ZodType<LogSource> = z.enum(LOG_SOURCES);

/** The importance of a log line, least first. */
export type LogLevel = log.LogLevel;

export const LogLevel: z.ZodType<LogLevel> = z.enum(LOG_LEVELS);

/** One line of the log. */
export type LogLine = log.LogLine;

export const LogLine: z.ZodType<LogLine> = z.object({
  time: z.iso.datetime().describe("UTC, with milliseconds"),
  level: LogLevel,
  source: LogSource,
  event: z.string().describe("Dotted event name; for a line that another program printed, that line"),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
}).meta({ id: "LogLine" });

/** The response of `GET /v1/logs`. */
export interface LogLines {
  /** Oldest first. */
  lines: LogLine[];
}

export const LogLines: z.ZodType<LogLines> = z.object({ lines: z.array(LogLine).describe("Oldest first") })
  .meta({ id: "LogLines" });
