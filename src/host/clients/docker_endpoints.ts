import type { Problem } from "../../api/resources/problems.ts";
import { isWindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import type { Listener } from "../../platform/listener.ts";
import { sleep } from "../../timing/sleep.ts";
import { problemOf } from "../../errors/problem_of.ts";
import type { Endpoint } from "../machine/machine.ts";

/**
 * How often to try a shared endpoint that somebody else has. One try is one system call; and who ends the other
 * product expects `docker` to work by the time they have typed it.
 */
const RETRY_MILLISECONDS = 2_000;

/** What serves the clients of one listener, and owns it: a relay. */
export type ServeClients = (listener: Listener) => AsyncDisposable;

/** Dependencies of {@linkcode openDockerEndpoints}. */
export interface DockerEndpointsOptions {
  readonly endpoints: readonly [own: Endpoint, ...shared: Endpoint[]];
  readonly serve: ServeClients;
  readonly log: Log;
  /** Called after an endpoint has been taken over. */
  readonly onChange: () => void;
  /** Waits between two tries; replaced in tests. */
  readonly wait?: typeof sleep;
}

/** The endpoints of a running host. Disposing them closes all connections and waits for their end. */
export interface DockerEndpoints extends AsyncDisposable {
  /** Every value of `DOCKER_HOST` that reaches this host now, its own first. */
  readonly listening: readonly string[];
  /** One for each endpoint that another program has. */
  readonly warnings: readonly Problem[];
}

/**
 * Serves the instance's own endpoint, and the shared ones as long as they are free: one that another program has
 * is reported once, and taken over when that program releases it.
 *
 * @throws {WindlassError} `WL_SOCKET_BUSY` and others of the instance's own endpoint; nothing is left behind then.
 */
export async function openDockerEndpoints(options: DockerEndpointsOptions): Promise<DockerEndpoints> {
  const [own, ...shared] = options.endpoints;
  const served = new Map<string, AsyncDisposable>();
  const warnings = new Map<string, Problem>();
  const { serve, log, onChange, wait = sleep } = options;
  served.set(own.dockerHost, serve(await own.listen()));
  const take = async (endpoint: Endpoint): Promise<boolean> => {
    const { dockerHost } = endpoint;
    try {
      served.set(dockerHost, serve(await endpoint.listen(warnings.has(dockerHost))));
      if (warnings.delete(dockerHost)) log("info", "endpoint.taken.over", { dockerHost });
      return true;
    } catch (error) {
      if (warnings.has(dockerHost)) return false;
      const warning = warningOf(error, own);
      warnings.set(dockerHost, warning);
      log("warn", "endpoint.occupied", { dockerHost, reason: warning.message });
      return false;
    }
  };
  const end = new AbortController();
  const watch = async (endpoint: Endpoint) => {
    do await wait(RETRY_MILLISECONDS, end.signal); while (!end.signal.aborted && !await take(endpoint));
    if (!end.signal.aborted) onChange();
  };
  const taken = await Promise.all(shared.map(take));
  const watching = shared.filter((_, index) => !taken[index]).map(watch);

  return {
    get listening() {
      return [...served.keys()];
    },
    get warnings() {
      return [...warnings.values()];
    },
    async [Symbol.asyncDispose]() {
      end.abort();
      await Promise.all(watching);
      await using closing = new AsyncDisposableStack();
      for (const relay of served.values()) closing.use(relay);
      served.clear();
    },
  };
}

function warningOf(error: unknown, own: Endpoint): Problem {
  const problem = problemOf(error);
  if (!isWindlassError(error, "WL_SOCKET_BUSY")) return problem;
  return {
    ...problem,
    remedy: `Use 'docker context use windlass' or DOCKER_HOST=${own.dockerHost}, or end the other program: ` +
      "Windlass takes over the address as soon as it is free.",
  };
}
