import { problemOf } from "../../errors/problem_of.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { afterAwake } from "../../timing/awake_time.ts";
import { sleep } from "../../timing/sleep.ts";
import {
  type DockerRequests,
  listContainers,
  seeContainer,
  type SeenContainer,
} from "../change/docker_containers.ts";
import type { ContainerBefore } from "../records/journal.ts";
import { UPDATE_LIMITS } from "../limits.ts";

/** What the health check of a new version looks at. */
export interface HealthParts {
  /** Asks the API as a client does, by its address file. */
  askApi(signal: AbortSignal): Promise<void>;
  /** Asks dockerd as a client does, through the relay. */
  readonly docker: DockerRequests;
  /** Waits between two tries; replaced in tests. */
  readonly wait?: typeof sleep;
}

/**
 * Whether the running version does what the previous one did: the API answers, dockerd answers, all containers
 * exist, and those that dockerd must start again have been started.
 *
 * @param before The containers of the version before, `null` if they are not known.
 * @param since When that version's engine was stopped, ISO 8601.
 * @throws {WindlassError} `WL_UPDATE_UNHEALTHY` with what is not as it should be; the signal's reason.
 */
export async function checkHealth(
  before: readonly ContainerBefore[] | null,
  since: string,
  parts: HealthParts,
  signal: AbortSignal,
): Promise<void> {
  await within(
    UPDATE_LIMITS.apiMilliseconds,
    "its API does not answer",
    signal,
    (limit) => parts.askApi(limit),
  );
  await within(
    UPDATE_LIMITS.engineMilliseconds,
    "dockerd does not answer",
    signal,
    (limit) => waitForEngine(parts, limit),
  );
  if (before === null || before.length === 0) return;
  const limits = UPDATE_LIMITS.containersMilliseconds;
  await within(
    limits,
    "containers do not restart",
    signal,
    (limit) => waitForContainers(before, since, parts, limit),
  );
}

async function waitForEngine({ docker, wait = sleep }: HealthParts, signal: AbortSignal): Promise<void> {
  await patiently(wait, signal, () => docker.get("/version", signal));
}

/** Asks dockerd. A failure may be chance, or a restart of the engine that somebody has asked for. */
async function patiently<Answer>(
  wait: typeof sleep,
  signal: AbortSignal,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  for (let failures = 1;; failures++) {
    try {
      return await ask();
    } catch (error) {
      signal.throwIfAborted();
      if (failures === UPDATE_LIMITS.engineFailures) throw unhealthy(problemOf(error).message, error);
      await wait(UPDATE_LIMITS.engineFailurePauseMilliseconds, signal);
    }
  }
}

async function waitForContainers(
  before: readonly ContainerBefore[],
  since: string,
  { docker, wait = sleep }: HealthParts,
  signal: AbortSignal,
): Promise<void> {
  const list = await patiently(wait, signal, () => listContainers(docker, signal));
  const present = new Set(list.map(({ id }) => id));
  const missing = before.filter(({ id }) => !present.has(id));
  if (missing.length > 0) throw unhealthy(`${namesOf(missing)} missing`);
  let waiting = before.filter(({ restarts }) => restarts);
  for (;;) {
    const seen = await Promise.all(waiting.map(async (container) => ({
      container,
      state: await patiently(wait, signal, () => seeContainer(docker, container.id, signal)),
    })));
    waiting = seen.filter(({ state }) => !hasStarted(state, since)).map(({ container }) => container);
    if (waiting.length === 0) return;
    await wait(UPDATE_LIMITS.containersPollMilliseconds, signal);
    if (signal.aborted) throw unhealthy(`${namesOf(waiting)} not restarted`);
  }
}

/** Somebody may have removed it meanwhile, and one that ends at once has been started all the same. */
function hasStarted(seen: SeenContainer | undefined, since: string): boolean {
  return seen === undefined || seen.isUp || Date.parse(seen.startedAt) > Date.parse(since);
}

/** Names that are listed; more would fill a terminal. */
const LISTED_NAMES = 3;

function namesOf(containers: readonly ContainerBefore[]): string {
  const names = containers.slice(0, LISTED_NAMES).map(({ name }) => name).join(", ");
  const more = containers.length - LISTED_NAMES;
  const list = more > 0 ? `${names} and ${more} more` : names;
  return containers.length === 1 ? `the container ${list} is` : `the containers ${list} are`;
}

/** Does something within a limit; what it says itself by then is better than that it took too long. */
async function within(
  milliseconds: number,
  state: string,
  signal: AbortSignal,
  work: (limit: AbortSignal) => Promise<void>,
): Promise<void> {
  const limit = new AbortController();
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => {});
  // A machine that slept during the trial says nothing against the version.
  let timer = afterAwake(milliseconds, () => {
    const error = unhealthy(`${state} within ${milliseconds / 1_000} s`);
    limit.abort(error);
    timer = afterAwake(UPDATE_LIMITS.lastWordMilliseconds, () => late.reject(error));
  });
  const stop = () => {
    limit.abort(signal.reason);
    late.reject(signal.reason);
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    await Promise.race([work(limit.signal), late.promise]);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof WindlassError && error.code === "WL_UPDATE_UNHEALTHY"
      ? error
      : unhealthy(`${state}: ${problemOf(error).message}`, error);
  } finally {
    timer[Symbol.dispose]();
    signal.removeEventListener("abort", stop);
  }
}

function unhealthy(state: string, cause?: unknown): WindlassError {
  return new WindlassError("WL_UPDATE_UNHEALTHY", `Cannot keep the new version: ${state}`, { cause });
}
