import { AGENT_LIMITS } from "../agent_limits.ts";
import { requestDocker } from "./docker_request.ts";
import { sleep } from "../../timing/sleep.ts";

/**
 * Resolves as soon as dockerd answers `/_ping` with 200. dockerd listens long before it is ready, and answers what
 * came meanwhile the moment it is: so one request waits in its queue, and nothing is polled but the connection.
 *
 * @throws The signal's reason once that is aborted.
 */
export async function engineReady(signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      const answer = await requestDocker({ method: "GET", path: "/_ping", signal });
      if (answer.status === 200) return;
    } catch {
      signal.throwIfAborted(); // any other failure means: nobody listens yet
    }
    await sleep(AGENT_LIMITS.engineConnectPollMilliseconds, signal);
    signal.throwIfAborted();
  }
}
