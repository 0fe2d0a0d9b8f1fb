import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { LogFilter } from "../../logging/log.ts";
import { API_LIMITS } from "../api_limits.ts";
import type { EventStreams, SentEvent } from "../event_streams.ts";
import { eventStream, json, newRouteGroup, PROBLEMS } from "../route_group.ts";
import { LogLevel, LogLine, LogLines, LogSource } from "../resources/logs.ts";

export interface LogDependencies {
  /** The newest lines that pass the filter, oldest first. */
  logTail(lines: number, filter: LogFilter): readonly LogLine[];
  /** The newest lines that pass the filter, and then each new one, until the signal aborts. */
  logFollow(signal: AbortSignal, lines: number, filter: LogFilter): AsyncIterable<LogLine>;
}

const Query = z.object({
  lines: z.coerce.number().int().min(0).max(API_LIMITS.logLines).default(API_LIMITS.defaultLogLines)
    .describe("Number of lines, counted from the newest"),
  source: LogSource.optional().describe("Only lines from this source"),
  level: LogLevel.optional().describe("Only lines of this level or above"),
});

const tail = createRoute({
  method: "get",
  path: "/v1/logs",
  operationId: "getLogs",
  summary: "The newest lines of the log",
  request: { query: Query },
  responses: { 200: json(LogLines, "The lines"), ...PROBLEMS },
});

const follow = createRoute({
  method: "get",
  path: "/v1/logs/stream",
  operationId: "followLogs",
  summary: "The newest lines of the log, and then each new one",
  request: { query: Query },
  responses: { 200: eventStream(LogLine, "Events named `line`"), ...PROBLEMS },
});

/** `GET /v1/logs` and `GET /v1/logs/stream` */
export function logRoutes(dependencies: LogDependencies, streams: EventStreams): OpenAPIHono {
  return newRouteGroup()
    .openapi(tail, (context) => {
      const { lines, ...filter } = context.req.valid("query");
      return context.json({ lines: [...dependencies.logTail(lines, filter)] }, 200);
    })
    .openapi(follow, (context) => {
      const { lines, ...filter } = context.req.valid("query");
      return streams.start((signal) => lineEvents(dependencies.logFollow(signal, lines, filter)));
    });
}

async function* lineEvents(lines: AsyncIterable<LogLine>): AsyncGenerator<SentEvent> {
  for await (const line of lines) yield { event: "line", data: line };
}
