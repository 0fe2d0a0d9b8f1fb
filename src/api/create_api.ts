import { Hono } from "hono";
import type { LogLine, LogSource } from "../logging/log.ts";
import type { Status } from "./schemas.ts";

/** Lines of `GET /v1/logs` when the request does not say how many. */
const DEFAULT_LOG_LINES = 200;
const SOURCES: readonly string[] = ["host", "agent", "dockerd"] satisfies readonly LogSource[];

/** What the API is a function of. */
export interface ApiDependencies {
  status(): Status;
  /** The status now and after every change, until the signal ends it. */
  statusChanges(signal: AbortSignal): AsyncIterable<Status>;
  logTail(lines: number, source?: LogSource): readonly LogLine[];
  logFollow(signal: AbortSignal): AsyncIterable<LogLine>;
  /** Starts the engine, or tries again now if it failed; returns at once. */
  startEngine(): void;
  restartEngine(): void;
  /** Begins the end of the host; returns at once. */
  stop(): void;
}

/**
 * The routes of the control API. Streams are newline-delimited JSON. Who may use them is decided before, by
 * `localOnly`.
 */
export function createApi(dependencies: ApiDependencies): Hono {
  return new Hono()
    .get("/v1/status", (context) => context.json(dependencies.status()))
    .get("/v1/events", () => lines((signal) => dependencies.statusChanges(signal)))
    .get("/v1/logs", (context) => {
      const { source, follow, lines: wanted = String(DEFAULT_LOG_LINES) } = context.req.query();
      const count = Number(wanted);
      if (source !== undefined && !SOURCES.includes(source)) {
        return context.json({ message: `Cannot read logs: there is no source '${source}'` }, 400);
      }
      if (!Number.isSafeInteger(count) || count < 0) {
        return context.json({ message: `Cannot read logs: '${wanted}' is no number of lines` }, 400);
      }
      const chosen = source as LogSource | undefined;
      return lines((signal) =>
        logLines(dependencies, count, chosen, follow === undefined ? undefined : signal)
      );
    })
    .post("/v1/engine/start", (context) => {
      dependencies.startEngine();
      return context.body(null, 202);
    })
    .post("/v1/engine/restart", (context) => {
      dependencies.restartEngine();
      return context.body(null, 202);
    })
    .post("/v1/stop", (context) => {
      dependencies.stop();
      return context.body(null, 202);
    });
}

async function* logLines(
  dependencies: Pick<ApiDependencies, "logTail" | "logFollow">,
  count: number,
  source: LogSource | undefined,
  follow: AbortSignal | undefined,
): AsyncGenerator<LogLine> {
  yield* dependencies.logTail(count, source);
  if (follow === undefined) return;
  for await (const line of dependencies.logFollow(follow)) {
    if (source === undefined || line.source === source) yield line;
  }
}

/** A body of one JSON object a line. The signal is aborted when the reader goes away. */
function lines(open: (signal: AbortSignal) => AsyncIterable<unknown>): Response {
  const encoder = new TextEncoder();
  const gone = new AbortController();
  const iterator = open(gone.signal)[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
    },
    async cancel() {
      gone.abort();
      await iterator.return?.();
    },
  });
  return new Response(body, { headers: { "content-type": "application/x-ndjson" } });
}
