import { errorText } from "../../errors/error_text.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { ClientConnection } from "../../platform/listener.ts";
import type { Duplex } from "../../streams/duplex.ts";
import { exchangeHttp, type HttpAnswer } from "../../streams/http_exchange.ts";
import { createMemoryDuplexPair } from "../../streams/memory_duplex.ts";
import type { DockerRequests } from "../../update/change/docker_containers.ts";
import { UPDATE_LIMITS } from "../../update/limits.ts";
import type { ContainerPorts } from "../control/port_choice.ts";
import { ClientQueue } from "./client_queue.ts";

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

  async #ask(path: string, signal: AbortSignal): Promise<HttpAnswer> {
    signal.throwIfAborted();
    using connection = this.#connect();
    try {
      return await askOver(connection, path, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof WindlassError) throw error;
      throw new WindlassError("WL_ENGINE_FAILED", `Cannot ask dockerd for ${path}: ${errorText(error)}`, {
        cause: error,
      });
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

/** Asks for a path over a fresh connection to dockerd, and uses it up. */
export async function askOver(connection: Duplex, path: string, signal: AbortSignal): Promise<HttpAnswer> {
  const maximumBytes = UPDATE_LIMITS.answerBytes;
  return await exchangeHttp(connection, { method: "GET", path, maximumBytes, tooLong, signal });
}

/**
 * A container's description, over a fresh connection to dockerd, which is closed.
 *
 * @param container As it is in the path of a request.
 * @throws {WindlassError} `WL_ENGINE_FAILED` if there is no such container.
 */
export async function describeContainer(
  connection: Duplex,
  container: string,
  signal: AbortSignal,
): Promise<ContainerPorts> {
  using owned = connection;
  const path = `/containers/${container}/json`;
  const { status, body } = await askOver(owned, path, signal);
  if (status !== 200) throw refused(path, status, body);
  return JSON.parse(body);
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

function tooLong(): WindlassError {
  const state = `its answer is longer than ${UPDATE_LIMITS.answerBytes} bytes`;
  return new WindlassError("WL_ENGINE_FAILED", `Cannot read dockerd's answer: ${state}`);
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
