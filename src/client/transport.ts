import { ERROR_CODES, type ErrorCode } from "../errors/error_codes.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import type { ApiAddress } from "./api_address.ts";
import type { DirectHttp } from "./direct_http.ts";
import { clientProof, hostProof, newNonce, PROOF_HEADER, PROOF_SCHEME } from "./host_proof.ts";
import { untilAborted } from "./until_aborted.ts";
import { EventDecoder, type ReceivedEvent } from "./event_decoder.ts";

/** The address of the host. A browser does not know its process id. */
export type HostAddress = Pick<ApiAddress, "url" | "token"> & Partial<Pick<ApiAddress, "pid">> & {
  /** Whether that process is known to be running, so that no other program has its port. */
  readonly isAlive?: boolean;
};

type ReportedProblem = Readonly<Record<"code" | "message" | "remedy", string>>;

/** A response, and the host that sent it. */
interface ReceivedAnswer {
  readonly address: HostAddress;
  readonly response: Response;
}

/** One request. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Such as `/v1/logs`. */
  readonly path: string;
  /** Query parameters; undefined ones are left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Ends the request, and the reading of its response. */
  readonly signal?: AbortSignal | undefined;
}

/** Sends requests to the host. Every failure is a {@linkcode WindlassError}. */
export class Transport {
  readonly #address: () => Promise<HostAddress>;
  readonly #http: DirectHttp;

  /**
   * @param address Called before each request, since a host may start or end in the meantime.
   * @param http Sends the requests; disposed with this.
   */
  constructor(address: () => Promise<HostAddress>, http: DirectHttp) {
    this.#address = address;
    this.#http = http;
  }

  /** Sends a request and parses the response as JSON; `undefined` if it has no body. */
  async ask<Answer>(request: ApiRequest): Promise<Answer> {
    return await readAnswer(await this.open(request), request);
  }

  /** Like {@linkcode ask}, with the address of the host that responded. */
  async askWithAddress<Answer>(request: ApiRequest): Promise<{ address: HostAddress; answer: Answer }> {
    const { address, response } = await this.#open(request);
    return { address, answer: await readAnswer(response, request) };
  }

  /**
   * The events of a stream, as they arrive. Ends with the host. An aborted signal ends it without an error, since the
   * caller has then seen enough.
   */
  async *events(request: ApiRequest): AsyncGenerator<ReceivedEvent> {
    const { body } = await this.open(request);
    if (body === null) return;
    const decoder = new EventDecoder();
    for await (const text of textOf(body, request.signal)) {
      for (const event of decoder.push(text)) {
        if (event.event === "problem") {
          throw problemError(parseAnswer(event.data, request) as ReportedProblem);
        }
        yield event;
      }
    }
  }

  /** Sends a request and returns the unread response. */
  async open(request: ApiRequest): Promise<Response> {
    return (await this.#open(request)).response;
  }

  async #open(request: ApiRequest): Promise<ReceivedAnswer> {
    const address = await this.#address();
    const response = await this.#prove(address, request);
    if (!response.ok) throw await failureOf(response, request);
    return { address, response };
  }

  /** Sends the request, and accepts only the response of a host that knows the token. */
  async #prove(address: HostAddress, request: ApiRequest): Promise<Response> {
    const { url, token, pid, isAlive } = address;
    const target = targetOf(url, request);
    const nonce = newNonce();
    const proof = await clientProof(token, nonce, {
      method: request.method,
      target: target.pathname + target.search,
    });
    const response = await this.#send(target, request, `${PROOF_SCHEME} ${nonce} ${proof}`);
    const isProven = response.headers.get(PROOF_HEADER) === await hostProof(token, nonce);
    const responder = response.headers.get("windlass-pid");
    const isSame = responder !== null && (pid === undefined || responder === String(pid));
    if (isProven && isSame) return response;
    await response.body?.cancel();
    // An older host does not know proofs. It gets the token only if no other program can have its port.
    if (isAlive && isSame && response.status === 401) {
      return await this.#send(target, request, `Bearer ${token}`);
    }
    if (pid === undefined && response.status === 401) {
      throw new WindlassError(
        "WL_API_UNAUTHORIZED",
        "Cannot answer: the token is not that of the running host",
      );
    }
    throw notRunning(`another program is listening on ${url}`);
  }

  async #send(target: URL, { method, body, signal }: ApiRequest, authorization: string): Promise<Response> {
    const headers: Record<string, string> = { authorization };
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
      if (!signal?.aborted) throw notRunning(`nothing is listening on ${target.origin}`, cause);
      throw new WindlassError("WL_HOST_SILENT", `Cannot reach the host: no answer on ${target.origin}`, {
        cause,
      });
    }
  }

  [Symbol.dispose](): void {
    this.#http[Symbol.dispose]();
  }
}

function targetOf(url: string, { path, query = {} }: ApiRequest): URL {
  const target = new URL(path, url);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) target.searchParams.set(name, String(value));
  }
  return target;
}

async function readAnswer<Answer>(response: Response, request: ApiRequest): Promise<Answer> {
  const text = await untilAborted(response.text(), request.signal).catch((cause) => {
    throw lost(request.signal, cause);
  });
  return (text === "" ? undefined : parseAnswer(text, request)) as Answer;
}

/** @throws {WindlassError} `WL_API_ANSWER_INVALID` if the text is not a JSON object or array. */
function parseAnswer(text: string, request: ApiRequest): unknown {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === "object" && answer !== null) return answer;
    throw answerInvalid(request);
  } catch (cause) {
    throw answerInvalid(request, cause);
  }
}

/** The error for a response that does not have the documented form. */
export function answerInvalid(
  { method, path }: Pick<ApiRequest, "method" | "path">,
  cause?: unknown,
): WindlassError {
  const options = cause === undefined ? {} : { cause };
  return new WindlassError(
    "WL_API_ANSWER_INVALID",
    `Cannot understand the host's answer to ${method} ${path}`,
    options,
  );
}

/** The text of a stream. Uses a reader, since not every browser can iterate over a stream. */
async function* textOf(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    while (true) {
      // The host ended, or the caller has seen enough: both end the stream and are not failures.
      const { value } = await untilAborted(reader.read(), signal).catch(() => ({ value: undefined }));
      if (value === undefined) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    await reader.cancel().catch(() => {}); // it has already ended
  }
}

/** The error that the host reported. */
async function failureOf(response: Response, { method, path }: ApiRequest): Promise<WindlassError> {
  const problem = await response.json().catch(() => undefined);
  const { detail, code, remedy } = problem ?? {};
  if (typeof detail === "string" && typeof code === "string" && typeof remedy === "string") {
    return problemError({ code, message: detail, remedy });
  }
  return new WindlassError("WL_INTERNAL", `Cannot ask the host: ${method} ${path} gave ${response.status}`);
}

/** A newer host may send codes that this client does not know; message and remedy are kept. */
function problemError(problem: ReportedProblem): WindlassError {
  const code: ErrorCode = Object.hasOwn(ERROR_CODES, problem.code)
    ? problem.code as ErrorCode
    : "WL_INTERNAL";
  return new WindlassError(code, problem.message, { remedy: problem.remedy });
}

function lost(signal: AbortSignal | undefined, cause: unknown): WindlassError {
  return signal?.aborted
    ? new WindlassError("WL_HOST_SILENT", "Cannot read the host's answer: the wait was cancelled", { cause })
    : notRunning("it ended while answering", cause);
}

function notRunning(state: string, cause?: unknown): WindlassError {
  return new WindlassError("WL_HOST_NOT_RUNNING", `Cannot reach the host: ${state}`, { cause });
}
