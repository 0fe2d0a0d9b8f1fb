import { WindlassError } from "../../errors/windlass_error.ts";
import { AGENT_LIMITS } from "../agent_limits.ts";
import { dataMountIdentity } from "./data_mount.ts";
import { sleep } from "../../timing/sleep.ts";
import { exists } from "./path_exists.ts";

/** Where dockerd writes the process id of the containerd that it started. */
export const CONTAINERD_PROCESS_ID = "/run/docker/containerd/containerd.pid";

/**
 * Watches what a running dockerd needs, and resolves to what it has lost; to nothing once the signal is aborted.
 *
 * dockerd starts a dead containerd again by itself, but only after 10 s, and for some more its calls fail. A new
 * dockerd answers within one.
 *
 * @param data The folder that dockerd was started on, as `dataMountIdentity()` names it.
 */
export async function engineBroken(data: string, signal: AbortSignal): Promise<WindlassError | undefined> {
  const containerd = readProcessId();
  for (;;) {
    await sleep(AGENT_LIMITS.engineWatchMilliseconds, signal);
    if (signal.aborted) return undefined;
    if (containerd !== undefined && !exists(`/proc/${containerd}`)) {
      return new WindlassError("WL_ENGINE_FAILED", "Cannot keep Docker running: its containerd has died");
    }
    if (await dataMountIdentity() !== data) {
      const state = "its data is no longer mounted";
      return new WindlassError("WL_ENGINE_DATA_MISSING", `Cannot keep Docker running: ${state}`);
    }
  }
}

function readProcessId(): number | undefined {
  try {
    const processId = Number(Deno.readTextFileSync(CONTAINERD_PROCESS_ID));
    return processId > 0 ? processId : undefined;
  } catch {
    return undefined; // a containerd that is not dockerd's own is not ours to watch
  }
}
