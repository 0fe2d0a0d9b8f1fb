import { connectionDuplex } from "../../streams/connection_duplex.ts";
import { exchangeHttp, type HttpAnswer } from "../../streams/http_exchange.ts";
import { DOCKERD_SOCKET } from "../protocol/distro_paths.ts";

/** Enough for a usual answer; the rest of a longer one is read and dropped. */
const ANSWER_BYTES = 64 * 1024;

/** A body is sent in pieces of this size. */
const PIECE_BYTES = 64 * 1024;

/** A request to dockerd. */
export interface DockerRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** A file sent as the body, from its beginning to its end. */
  readonly bodyFile?: string;
  /** How much of the answer is kept. @default 64 KiB */
  readonly maximumBytes?: number;
  readonly signal: AbortSignal;
}

/**
 * One request to dockerd on a connection of its own.
 *
 * @throws The error of the connection: `Deno.errors.NotFound` or `ConnectionRefused` while nobody listens;
 *   the signal's reason once that is aborted.
 */
export async function requestDocker(request: DockerRequest): Promise<HttpAnswer> {
  const { method, path, bodyFile, maximumBytes = ANSWER_BYTES, signal } = request;
  signal.throwIfAborted();
  using stream = connectionDuplex(await Deno.connect({ transport: "unix", path: DOCKERD_SOCKET }));
  const exchange = { method, path, maximumBytes, signal };
  if (bodyFile === undefined) return await exchangeHttp(stream, exchange);
  using file = await Deno.open(bodyFile);
  const headers = ["Content-Type: application/x-tar", `Content-Length: ${(await file.stat()).size}`];
  return await exchangeHttp(stream, { ...exchange, headers, body: piecesOf(file) });
}

async function* piecesOf(file: Deno.FsFile): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(PIECE_BYTES);
  for (let length = await file.read(buffer); length !== null; length = await file.read(buffer)) {
    yield buffer.subarray(0, length);
  }
}
