import { WindlassError } from "../errors/windlass_error.ts";
import type { ClientConnection } from "../platform/listener.ts";
import type { Duplex } from "../streams/duplex.ts";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";
import type { DockerRequests } from "../update/docker_containers.ts";
import { UPDATE_LIMITS } from "../update/update_limits.ts";
import { ClientQueue } from "./client_queue.ts";

const ENCODER = new TextEncoder();

/**
 * Requests of the host itself to dockerd, on the way that clients take: through the relay, which serves this as one
 * listener more. They only look, so they do not keep the engine from being stopped.
 */
export class HostRequests extends ClientQueue implements DockerRequests {
  constructor() {
    super("the host itself");
  }

  async get(path: string, signal: AbortSignal): Promise<unknown> {
    const { status, body } = await this.#ask(path, signal);
    if (status === 200) return JSON.parse(body);
    throw refused(path, status, body);
  }

  async find(path: string, signal: AbortSignal): Promise<unknown> {
    const { status, body } = await this.#ask(path, signal);
    if (status === 404) return undefined;
    if (status === 200) return JSON.parse(body);
    throw refused(path, status, body);
  }

  async #ask(path: string, signal: AbortSignal): Promise<{ readonly status: number; readonly body: string }> {
    signal.throwIfAborted();
    using connection = this.#connect();
    const abort = () => connection.close();
    signal.addEventListener("abort", abort, { once: true });
    try {
      // An answer in HTTP/1.0 is never sent in chunks, and ends with the connection.
      await connection.write(ENCODER.encode(`GET ${path} HTTP/1.0\r\nHost: docker\r\n\r\n`));
      return parseAnswer(await readAll(connection));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof WindlassError) throw error;
      throw new WindlassError("WL_ENGINE_FAILED", `Cannot ask dockerd for ${path}: ${messageOf(error)}`, {
        cause: error,
      });
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  #connect(): Duplex {
    if (this.closed) {
      throw new WindlassError("WL_HOST_NOT_RUNNING", "Cannot ask dockerd: Windlass is being stopped");
    }
    const [ours, theirs] = createMemoryDuplexPair();
    this.push(clientOf(theirs));
    return ours;
  }
}

function clientOf(stream: Duplex): ClientConnection {
  let closed = false;
  return {
    read: () => stream.read(),
    write: (bytes) => stream.write(bytes),
    closeWrite: () => stream.closeWrite(),
    close() {
      closed = true;
      stream.close();
    },
    isGone: () => Promise.resolve(closed),
    [Symbol.dispose]: () => stream.close(),
  };
}

async function readAll(connection: Duplex): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for (let bytes = await connection.read(); bytes !== null; bytes = await connection.read()) {
    length += bytes.length;
    if (length > UPDATE_LIMITS.answerBytes) {
      throw tooLong();
    }
    text += decoder.decode(bytes, { stream: true });
  }
  return text;
}

function tooLong(): WindlassError {
  const state = `its answer is longer than ${UPDATE_LIMITS.answerBytes} bytes`;
  return new WindlassError("WL_ENGINE_FAILED", `Cannot read what dockerd says: ${state}`);
}

/** Status and body of an answer; a status of 0 when it is no HTTP. Pure. */
export function parseAnswer(text: string): { readonly status: number; readonly body: string } {
  const status = /^HTTP\/1\.[01] (\d{3}) /.exec(text)?.[1];
  const end = text.indexOf("\r\n\r\n");
  return { status: Number(status ?? 0), body: end < 0 ? "" : text.slice(end + 4) };
}

function refused(path: string, status: number, body: string): WindlassError {
  const state = status === 0
    ? "the connection was closed"
    : messageOfBody(body) ?? `it answered with ${status}`;
  return new WindlassError("WL_ENGINE_FAILED", `Cannot ask dockerd for ${path}: ${state}`);
}

/** Docker's own words, or those of the relay in its place. */
function messageOfBody(body: string): string | undefined {
  try {
    const { message } = JSON.parse(body);
    return typeof message === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
