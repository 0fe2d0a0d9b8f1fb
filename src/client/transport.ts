import { ERROR_CODES, type ErrorCode } from "../errors/error_codes.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import type { ApiAddress } from "./api_address.ts";
import type { DirectHttp } from "./direct_http.ts";
import { untilAborted } from "./until_aborted.ts";
import { EventDecoder, type ReceivedEvent } from "./event_decoder.ts";

/** Where the host is. A browser cannot know its process id. */
export type HostAddress = Pick<ApiAddress, "url" | "token"> & Partial<Pick<ApiAddress, "pid">>;

/** One request. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Such as `/v1/logs`. */
  readonly path: string;
  /** Parameters of the path; those that are undefined are left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Ends the request, and the reading of its answer. */
  readonly signal?: AbortSignal | undefined;
}

/** The way of requests to the host. What it cannot do, it throws as a {@linkcode WindlassError}. */
export class Transport {
  readonly #address: () => Promise<HostAddress>;
  readonly #http: DirectHttp;

  /**
   * @param address Asked before each request, since a host may start or end meanwhile.
   * @param http Sends the requests; disposed with this.
   */
  constructor(address: () => Promise<HostAddress>, http: DirectHttp) {
    this.#address = address;
    this.#http = http;
  }

  /** Asks, and reads the answer as JSON; `undefined` where it has none. */
  async ask<Answer>(request: ApiRequest): Promise<Answer> {
    const response = await this.open(request);
    try {
      const text = await untilAborted(response.text(), request.signal);
      return (text === "" ? undefined : JSON.parse(text)) as Answer;
    } catch (cause) {
      throw lost(request.signal, cause);
    }
  }

  /**
   * The events of a stream as they come. Ends with the host; a signal that aborts ends it without an error, since
   * the caller has then seen enough.
   */
  async *events(request: ApiRequest): AsyncGenerator<ReceivedEvent> {
    const { body } = await this.open(request);
    if (body === null) return;
    const decoder = new EventDecoder();
    for await (const text of textOf(body, request.signal)) {
      for (const event of decoder.push(text)) {
        if (event.event === "problem") throw problemError(JSON.parse(event.data));
        yield event;
      }
    }
  }

  /** Asks, and hands out the answer unread. */
  async open(request: ApiRequest): Promise<Response> {
    const address = await this.#address();
    const response = await this.#send(address, request);
    const pid = response.headers.get("windlass-pid");
    // Whoever has the port of a host that died is not that host.
    if (pid === null || (address.pid !== undefined && pid !== String(address.pid))) {
      await response.body?.cancel();
      throw notRunning(`another program listens on ${address.url}`);
    }
    if (response.ok) return response;
    throw await failureOf(response, request);
  }

  async #send({ url, token }: HostAddress, request: ApiRequest): Promise<Response> {
    const { method, path, query = {}, body, signal } = request;
    const target = new URL(path, url);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) target.searchParams.set(name, String(value));
    }
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    try {
      const sent = this.#http.fetch(target, {
        method,
        headers,
        redirect: "error",
        ...body === undefined ? {} : { body: JSON.stringify(body) },
        ...signal === undefined ? {} : { signal },
      });
      return await untilAborted(sent, signal);
    } catch (cause) {
      if (!signal?.aborted) throw notRunning(`nobody listens on ${url}`, cause);
      throw new WindlassError("WL_HOST_SILENT", `Cannot reach the host: no answer on ${url}`, { cause });
    }
  }

  [Symbol.dispose](): void {
    this.#http[Symbol.dispose]();
  }
}

/** The text of a stream. By a reader: not every browser can iterate over a stream. */
async function* textOf(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    while (true) {
      // The host ended, or the caller has seen enough: both end the stream and are no failure.
      const { value } = await untilAborted(reader.read(), signal).catch(() => ({ value: undefined }));
      if (value === undefined) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    await reader.cancel().catch(() => {}); // it has ended already
  }
}

/** The host's own words. */
async function failureOf(response: Response, { method, path }: ApiRequest): Promise<WindlassError> {
  const told = await response.json().catch(() => undefined);
  if (typeof told?.detail === "string") {
    return problemError({ code: told.code, message: told.detail, remedy: told.remedy });
  }
  return new WindlassError("WL_INTERNAL", `Cannot ask the host: ${method} ${path} gave ${response.status}`);
}

/** A newer host may have codes that this client does not know; its words are good all the same. */
function problemError(problem: Readonly<Record<"code" | "message" | "remedy", string>>): WindlassError {
  const code: ErrorCode = problem.code in ERROR_CODES ? problem.code as ErrorCode : "WL_INTERNAL";
  return new WindlassError(code, problem.message, { remedy: problem.remedy });
}

function lost(signal: AbortSignal | undefined, cause: unknown): WindlassError {
  return signal?.aborted
    ? new WindlassError("WL_HOST_SILENT", "Cannot read the host's answer: the wait was ended", { cause })
    : notRunning("it ended while it answered", cause);
}

function notRunning(state: string, cause?: unknown): WindlassError {
  return new WindlassError("WL_HOST_NOT_RUNNING", `Cannot reach the host: ${state}`, { cause });
}
