import { dirname } from "node:path";
import { WindlassError } from "../../../errors/windlass_error.ts";
import type { StatePaths } from "../state_paths.ts";
import { WslFailure } from "../wsl_failure.ts";
import { ServiceLines } from "./service_lines.ts";
import type { ServiceAnswers, ServiceRequest } from "./protocol.ts";
import { type ServiceStart, spawnService } from "./spawn_service.ts";

/** A service that has much to clean up after a crash may take this long until it takes calls. */
const START_MILLISECONDS = 30_000;
const POLL_MILLISECONDS = 15;
/** Starts of the service, or losses of it in the middle of a call, after which a call gives up. */
const ATTEMPTS = 3;

/** A connection to the service with one request on its way. Disposing it tells the service that it is over. */
export class ServiceCall implements Disposable {
  readonly #lines: ServiceLines;
  /** The one read that is under way; `lost()` may have begun the one that brings the next answer. */
  #incoming: Promise<Record<string, unknown> | null> | null = null;

  constructor(lines: ServiceLines) {
    this.#lines = lines;
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @throws {WslFailure} what the service says is wrong.
   * @throws {WindlassError} `WL_WSL_FAILED` when the service is gone.
   */
  async ask<R extends ServiceRequest>(request: R): Promise<ServiceAnswers[R["do"]]> {
    const answer = await this.#lines.send(request).then(() => this.#receive(), () => null);
    this.#incoming = null;
    if (answer === null) throw serviceLost();
    if (isFailure(answer.error)) throw new WslFailure(answer.error.text, answer.error.codePath);
    return answer.ok as ServiceAnswers[R["do"]];
  }

  /** Ends the call in the middle of its job, and waits until the service has taken back what was begun. */
  async abandon(): Promise<void> {
    await this.#lines.send({ do: "abandon" }).then(() => this.#receive(), () => null);
  }

  /** Resolves when the service closes the connection; for calls that work between two requests. */
  async lost(): Promise<void> {
    await this.#receive();
  }

  #receive(): Promise<Record<string, unknown> | null> {
    this.#incoming ??= this.#lines.receive();
    return this.#incoming;
  }

  [Symbol.dispose](): void {
    this.#lines[Symbol.dispose]();
  }
}

/**
 * Asks the service for one thing; starts it if none runs, and asks again if it ends under the call.
 *
 * @throws {WslFailure} what the service says is wrong.
 * @throws {WindlassError} `WL_WSL_FAILED` when it cannot be started.
 */
export async function callService<R extends ServiceRequest>(
  options: ServiceStart,
  request: R,
): Promise<ServiceAnswers[R["do"]]> {
  const { call, answer } = await beginCall(options, request);
  call[Symbol.dispose]();
  return answer;
}

/** As {@linkcode callService}, for a job that takes longer: the call stays open until its `finish`. */
export async function beginCall<R extends ServiceRequest>(
  options: ServiceStart,
  request: R,
): Promise<{ readonly call: ServiceCall; readonly answer: ServiceAnswers[R["do"]] }> {
  for (let attempt = 1;; attempt++) {
    const call = await openService(options);
    try {
      return { call, answer: await call.ask(request) };
    } catch (error) {
      call[Symbol.dispose]();
      if (!(error instanceof ServiceLost) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** A connection to the service, which is started if none runs. */
async function openService(options: ServiceStart): Promise<ServiceCall> {
  const { paths } = options;
  const deadline = Date.now() + START_MILLISECONDS;
  let starts = 0;
  for (;;) {
    const call = await connectService(paths);
    if (call !== null) return call;
    if (Date.now() > deadline || (starts >= ATTEMPTS && isLockFree(paths))) throw serviceSilent(paths);
    if (isLockFree(paths)) {
      starts++;
      await spawnService(options);
      // Until the new process holds the lock, another start would only be in its way.
      for (let waited = 0; waited < SPAWN_MILLISECONDS && isLockFree(paths); waited += POLL_MILLISECONDS) {
        await pause();
      }
    }
    await pause();
  }
}

/** A new process needs this long, at the very worst, to come as far as its lock. */
const SPAWN_MILLISECONDS = 5_000;

/** A connection to the running service; `null` when none takes calls. */
export async function connectService(paths: StatePaths): Promise<ServiceCall | null> {
  try {
    const connection = await Deno.connect({ transport: "unix", path: paths.serviceSocket });
    return new ServiceCall(new ServiceLines(connection));
  } catch {
    return null;
  }
}

/** Waits until the service, which was told to end, has left nothing of itself, for at most as long as a start takes. */
export async function waitForServiceEnd(paths: StatePaths): Promise<void> {
  const deadline = Date.now() + START_MILLISECONDS;
  while (!isLockFree(paths) && Date.now() < deadline) await pause();
}

/** A service holds its lock from its first moment to its last. */
function isLockFree(paths: StatePaths): boolean {
  Deno.mkdirSync(dirname(paths.serviceLock), { recursive: true, mode: 0o700 });
  using lock = Deno.openSync(paths.serviceLock, { write: true, create: true, mode: 0o600 });
  return lock.tryLockSync(true);
}

class ServiceLost extends WindlassError {}

function serviceLost(): ServiceLost {
  return new ServiceLost(
    "WL_WSL_FAILED",
    "Cannot continue: the service of wsl has ended in the middle of the call",
  );
}

function serviceSilent(paths: StatePaths): WindlassError {
  return new WindlassError("WL_WSL_FAILED", "Cannot reach the service of wsl: it did not start", {
    remedy: `Read '${paths.serviceLog}' for the reason.`,
  });
}

function isFailure(value: unknown): value is { text: string; codePath: string | null } {
  return typeof value === "object" && value !== null && "text" in value;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
}
