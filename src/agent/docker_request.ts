import { DOCKER_SOCKET } from "./dockerd_arguments.ts";

const ENCODER = new TextEncoder();
/** Enough for a usual answer; the rest of a longer one is read and dropped. */
const ANSWER_CHARACTERS = 64 * 1024;
/** One read; answers are small, and a body is sent in pieces of this size. */
const BUFFER_BYTES = 64 * 1024;

/** What is sent to dockerd. */
export interface DockerRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** A file sent as the body, from its beginning to its end. */
  readonly bodyFile?: string;
  /** How much of the answer is kept. @default 64 KiB */
  readonly characters?: number;
  readonly signal: AbortSignal;
}

/** What came back. */
export interface DockerAnswer {
  readonly status: number;
  /** The body as text, as far as it is kept. */
  readonly body: string;
}

/**
 * One request to dockerd on a connection of its own.
 *
 * @throws The error of the connection: `Deno.errors.NotFound` or `ConnectionRefused` while nobody listens;
 *   the signal's reason once that is aborted.
 */
export async function requestDocker(request: DockerRequest): Promise<DockerAnswer> {
  request.signal.throwIfAborted();
  using connection = await Deno.connect({ transport: "unix", path: DOCKER_SOCKET });
  const abort = () => connection.close();
  request.signal.addEventListener("abort", abort, { once: true });
  try {
    await sendRequest(connection, request);
    return parseAnswer(await readAll(connection, request.characters ?? ANSWER_CHARACTERS));
  } catch (error) {
    throw request.signal.aborted ? request.signal.reason : error;
  } finally {
    request.signal.removeEventListener("abort", abort);
  }
}

async function sendRequest(connection: Deno.Conn, request: DockerRequest): Promise<void> {
  using file = request.bodyFile === undefined ? undefined : await Deno.open(request.bodyFile);
  // An answer in HTTP/1.0 is never sent in chunks, and ends with the connection.
  const head = [`${request.method} ${request.path} HTTP/1.0`, "Host: docker"];
  if (file !== undefined) {
    head.push("Content-Type: application/x-tar", `Content-Length: ${(await file.stat()).size}`);
  }
  await writeAll(connection, ENCODER.encode(head.join("\r\n") + "\r\n\r\n"));
  if (file === undefined) return;
  const buffer = new Uint8Array(BUFFER_BYTES);
  for (let length = await file.read(buffer); length !== null; length = await file.read(buffer)) {
    await writeAll(connection, buffer.subarray(0, length));
  }
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

async function readAll(connection: Deno.Conn, characters: number): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(BUFFER_BYTES);
  let text = "";
  for (let length = await connection.read(buffer); length !== null; length = await connection.read(buffer)) {
    const piece = decoder.decode(buffer.subarray(0, length), { stream: true });
    if (text.length < characters) text += piece;
  }
  return text;
}

/** Status and body of an answer; a status of 0 when it is no HTTP. Pure. */
export function parseAnswer(text: string): DockerAnswer {
  const status = /^HTTP\/1\.[01] (\d{3}) /.exec(text)?.[1];
  const end = text.indexOf("\r\n\r\n");
  return { status: Number(status ?? 0), body: end < 0 ? "" : text.slice(end + 4) };
}
