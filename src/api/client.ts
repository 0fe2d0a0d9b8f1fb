import { type ApiAddress, parseApiAddress } from "../client/api_address.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import type { LogLine, LogSource } from "../logging/log.ts";
import type { Status } from "./schemas.ts";

/** Which log lines a client wants. */
export interface LogQuery {
  /** Newest lines to begin with. */
  readonly lines: number;
  readonly source?: LogSource;
  /** Goes on with new lines until the signal ends it. */
  readonly follow?: boolean;
}

/**
 * A client of the host's control API. Every method throws `WL_HOST_NOT_RUNNING` when nobody listens.
 *
 * @example
 * ```ts
 * import { HostClient } from "./client.ts";
 *
 * using client = new HostClient("/root/.local/share/windlass/api.json");
 * const status = await client.status(AbortSignal.timeout(2_000)).catch(() => undefined);
 * ```
 */
export class HostClient implements Disposable {
  readonly #addressFile: string;
  #http: { readonly url: string; readonly client: Deno.HttpClient } | undefined;

  /** @param addressFile The home's `api.json`. It is read at each call, since a host may start or end meanwhile. */
  constructor(addressFile: string) {
    this.#addressFile = addressFile;
  }

  async status(signal: AbortSignal): Promise<Status> {
    return await (await this.#request("GET", "/v1/status", signal)).json();
  }

  /** The status now and after every change; ends with the signal or with the host. */
  statusChanges(signal: AbortSignal): AsyncGenerator<Status> {
    return this.#lines("/v1/events", signal);
  }

  logs(query: LogQuery, signal: AbortSignal): AsyncGenerator<LogLine> {
    const search = new URLSearchParams({ lines: String(query.lines) });
    if (query.source !== undefined) search.set("source", query.source);
    if (query.follow) search.set("follow", "1");
    return this.#lines(`/v1/logs?${search}`, signal);
  }

  /** Starts the engine, or makes it try again now if it failed. */
  async startEngine(signal: AbortSignal): Promise<void> {
    await (await this.#request("POST", "/v1/engine/start", signal)).body?.cancel();
  }

  async restartEngine(signal: AbortSignal): Promise<void> {
    await (await this.#request("POST", "/v1/engine/restart", signal)).body?.cancel();
  }

  /** Begins the end of the host; it is over when its lock is free. */
  async stop(signal: AbortSignal): Promise<void> {
    await (await this.#request("POST", "/v1/stop", signal)).body?.cancel();
  }

  [Symbol.dispose](): void {
    this.#http?.client.close();
  }

  async #request(method: string, path: string, signal: AbortSignal): Promise<Response> {
    const address = await this.#address();
    const response = await this.#send(address, method, path, signal);
    // Whoever has the port of a host that died is not that host.
    if (response.headers.get("windlass-pid") !== String(address.pid)) {
      await response.body?.cancel();
      throw notRunning(`another program listens on ${address.url}`);
    }
    if (response.ok) return response;
    await response.body?.cancel();
    throw new WindlassError("WL_INTERNAL", `Cannot ask the host: ${method} ${path} gave ${response.status}`);
  }

  async #address(): Promise<ApiAddress> {
    let text: string;
    try {
      text = await Deno.readTextFile(this.#addressFile);
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) throw notRunning(`${this.#addressFile} is missing`, cause);
      throw cause;
    }
    return parseApiAddress(text, this.#addressFile);
  }

  async #send(
    { url, token }: ApiAddress,
    method: string,
    path: string,
    signal: AbortSignal,
  ): Promise<Response> {
    try {
      return await fetch(`${url}${path}`, {
        method,
        signal,
        headers: { authorization: `Bearer ${token}` },
        redirect: "error",
        client: this.#direct(url),
      });
    } catch (cause) {
      if (!signal.aborted) throw notRunning(`nobody listens on ${url}`, cause);
      throw new WindlassError("WL_HOST_SILENT", `Cannot reach the host: no answer on ${url}`, { cause });
    }
  }

  /** Past every proxy that the environment names: the token is for this machine only. */
  #direct(url: string): Deno.HttpClient {
    if (this.#http?.url === url) return this.#http.client;
    this.#http?.client.close();
    const { hostname, port } = new URL(url);
    const client = Deno.createHttpClient({ proxy: { transport: "tcp", hostname, port: Number(port) } });
    this.#http = { url, client };
    return client;
  }

  async *#lines<T>(path: string, signal: AbortSignal): AsyncGenerator<T> {
    const response = await this.#request("GET", path, signal);
    const decoder = new TextDecoder();
    let rest = "";
    try {
      for await (const chunk of response.body ?? []) {
        const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
        rest = parts.pop() ?? "";
        for (const part of parts) yield JSON.parse(part);
      }
    } catch (error) {
      // The host ends, or the caller has seen enough: both end the stream and are no failure.
      if (!(error instanceof Error)) throw error;
    }
  }
}

function notRunning(state: string, cause?: unknown): WindlassError {
  return new WindlassError("WL_HOST_NOT_RUNNING", `Cannot reach the host: ${state}`, { cause });
}
