import type { LogLevel, LogLine, LogLines, LogSource } from "../api/answers.ts";
import type { CallOptions } from "./call_options.ts";
import type { Transport } from "./transport.ts";

/** Which lines of the log are wanted. */
export interface LogQuery extends CallOptions {
  /** How many of the newest lines, 2000 at most. @default {200} */
  readonly lines?: number | undefined;
  /** Only lines of this part of the product. */
  readonly source?: LogSource | undefined;
  /** Only lines of this level and above. */
  readonly level?: LogLevel | undefined;
}

/**
 * The calls about the log, as `client.logs`.
 *
 * @example
 * ```ts
 * import { WindlassClient } from "@windlass/windlass";
 *
 * using client = await WindlassClient.connect();
 * for await (const line of client.logs.follow({ source: "dockerd", level: "warn" })) {
 *   line.event; // "API listen on /run/docker.sock"
 * }
 * ```
 */
export class LogCalls {
  readonly #transport: Transport;

  /** @param transport The way to the host. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The newest wanted lines, oldest first. @throws {WindlassError} `WL_HOST_NOT_RUNNING`, `WL_API_INVALID` */
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
   * The newest wanted lines, and every further one as it comes. Ends with the host or the signal.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`, `WL_API_INVALID`; `WL_API_READER_SLOW` when the caller reads so
   * slowly that the host would have to keep thousands of lines for it.
   */
  async *follow({ signal, ...query }: LogQuery = {}): AsyncGenerator<LogLine> {
    const events = this.#transport.events({ method: "GET", path: "/v1/logs/stream", query, signal });
    for await (const { event, data } of events) if (event === "line") yield JSON.parse(data);
  }
}
