import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { LogFilter, LogLine as StoredLine } from "../../logging/log.ts";
import { API_LIMITS } from "../api_limits.ts";
import type { EventStreams, SentEvent } from "../event_streams.ts";
import { eventStream, json, newRouteGroup, PROBLEMS } from "../route_group.ts";
import { LogLevel, LogLine, LogLines, LogSource } from "../schemas.ts";

/** What these routes are a function of. */
export interface LogDependencies {
  /** The newest wanted lines, oldest first. */
  logTail(lines: number, filter: LogFilter): readonly StoredLine[];
  /** The newest wanted lines and every further one, until the signal ends it. */
  logFollow(signal: AbortSignal, lines: number, filter: LogFilter): AsyncIterable<StoredLine>;
}

const Query = z.object({
  lines: z.coerce.number().int().min(0).max(API_LIMITS.logLines).default(API_LIMITS.defaultLogLines)
    .describe("How many of the newest lines"),
  source: LogSource.optional().describe("Only lines of this part"),
  level: LogLevel.optional().describe("Only lines of this level and above"),
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
  summary: "The newest lines of the log, and every further one as it comes",
  request: { query: Query },
  responses: { 200: eventStream(LogLine, "Events named `line`"), ...PROBLEMS },
});

/** `GET /v1/logs` and `GET /v1/logs/stream` */
export function logRoutes(dependencies: LogDependencies, streams: EventStreams): OpenAPIHono {
  return newRouteGroup()
    .openapi(tail, (context) => {
      const { lines, ...filter } = context.req.valid("query");
      return context.json({ lines: dependencies.logTail(lines, filter).map(asSent) }, 200);
    })
    .openapi(follow, (context) => {
      const { lines, ...filter } = context.req.valid("query");
      return streams.start((signal) => lineEvents(dependencies.logFollow(signal, lines, filter)));
    });
}

async function* lineEvents(lines: AsyncIterable<StoredLine>): AsyncGenerator<SentEvent> {
  for await (const line of lines) yield { event: "line", data: asSent(line) };
}

/** JSON leaves out what is undefined; this says the same to the type. */
function asSent(line: StoredLine): LogLine {
  return line as LogLine;
}
