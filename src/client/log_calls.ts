import type { LogLevel, LogLine, LogLines, LogSource } from "../api/resources/logs.ts";
import type { CallOptions } from "./call_options.ts";
import type { Transport } from "./transport.ts";

/** Selects lines of the log. */
export interface LogQuery extends CallOptions {
  /** Number of lines, counted from the newest; at most 2000. @default {200} */
  readonly lines?: number | undefined;
  /** Only lines from this source. */
  readonly source?: LogSource | undefined;
  /** Only lines of this level or above. */
  readonly level?: LogLevel | undefined;
}

/**
 * The calls for the log, as `client.logs`.
 *
 * @example
 * ```ts
 * import { WindlassClient } from "@windlass/windlass";
 *
 * using client = await WindlassClient.connect();
 * for await (const line of client.logs.follow({ source: "dockerd", level: "warn" })) {
 *   line.event; // "API listen on /run/windlass/dockerd.sock"
 * }
 * ```
 */
export class LogCalls {
  readonly #transport: Transport;

  /** @param transport Sends the requests to the host. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The newest lines that match, oldest first. @throws {WindlassError} `WL_HOST_NOT_RUNNING`, `WL_API_INVALID` */
  async tail({ signal, ...query }: LogQuery = {}): Promise<LogLine[]> {
    const { lines } = await this.#transport.ask<LogLines>({
      method: "GET",
      path: "/v1/logs",
      query,
      signal,
    });
    return lines;
  }

  /**
   * The newest lines that match, and then each new one. Ends with the host or the signal.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`, `WL_API_INVALID`; `WL_API_READER_SLOW` if the caller reads so
   * slowly that the host would have to buffer thousands of lines.
   */
  async *follow({ signal, ...query }: LogQuery = {}): AsyncGenerator<LogLine> {
    const events = this.#transport.events({ method: "GET", path: "/v1/logs/stream", query, signal });
    for await (const { event, data } of events) if (event === "line") yield JSON.parse(data);
  }
}
