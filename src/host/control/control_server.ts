import type { RequestHandler } from "../../api/local_only.ts";
import { problemResponse, responseToError } from "../../api/problem_response.ts";
import { unlessMissingSync } from "../../errors/unless_missing.ts";
import { replaceFile } from "../../files/replace_file.ts";
import { descriptorLimit } from "../../platform/this_descriptor_limit.ts";
import { HTTP_LIMITS } from "../../http/http_limits.ts";
import { BadRequest } from "../../http/request_head.ts";
import { serveHttp } from "../../http/http_server.ts";
import type { Log } from "../../logging/log.ts";
import { type ApiAddress, formatApiAddress } from "../../client/api_address.ts";

/** The served control API. Disposing it takes the address file away, then ends what is being served. */
export interface ControlServer extends AsyncDisposable {
  readonly address: ApiAddress;
}

/** What is served, and where clients learn of it. */
export interface ControlServerOptions {
  readonly addressFile: string;
  /** Makes the handler once the address is known. */
  readonly handler: (address: ApiAddress) => RequestHandler;
  readonly log: Log;
}

/** Bytes of randomness in a token: as many as make guessing pointless for good. */
const TOKEN_BYTES = 32;

/**
 * Serves the control API on a free port of 127.0.0.1 and writes the address file, which only its owner can read.
 * The caller holds the lock of the home, so a file that already exists was left by a host that died.
 *
 * @throws {WindlassError} `WL_FILE_NOT_WRITABLE` or `WL_NO_SPACE`; nothing is served then.
 */
export async function serveControl(
  { addressFile, handler, log }: ControlServerOptions,
): Promise<ControlServer> {
  const ready = Promise.withResolvers<RequestHandler>();
  const server = serveHttp({
    address: "127.0.0.1",
    handler: { fetch: async (request) => (await ready.promise).fetch(request), refuse: refusal },
    log,
    limits: { ...HTTP_LIMITS, connections: mostConnections() },
  });
  try {
    const address = { url: server.origin, token: newToken(), pid: Deno.pid };
    ready.resolve(handler(address));
    await replaceFile(addressFile, formatApiAddress(address));
    return {
      address,
      async [Symbol.asyncDispose]() {
        unlessMissingSync(() => Deno.removeSync(addressFile));
        await server[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

/** Where descriptors are few, the API takes an eighth of them; Docker clients and ports have their own parts. */
function mostConnections(): number {
  return Math.min(HTTP_LIMITS.connections, Math.floor((descriptorLimit() ?? Infinity) / 8));
}

/** The answer to a request that no handler could see, or that its handler failed at. */
function refusal(problem: unknown): Response {
  if (!(problem instanceof BadRequest)) return responseToError(problem);
  return problemResponse(problem.status, {
    code: "WL_API_INVALID",
    message: `Cannot answer: ${problem.state}`,
  });
}

function newToken(): string {
  return crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toHex();
}
