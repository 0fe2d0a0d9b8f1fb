import { unlessMissing } from "../../errors/unless_missing.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { AGENT_LIMITS } from "../agent_limits.ts";
import { DATA_FOLDER } from "./dockerd_arguments.ts";
import { sleep } from "../../timing/sleep.ts";

/**
 * Which folder is mounted at the place of the data, as a text that changes when the mount does; `undefined` while
 * nothing is: the folder is missing, or is of the same file system as the one around it.
 */
export async function dataMountIdentity(folder = DATA_FOLDER): Promise<string | undefined> {
  return await unlessMissing(async () => {
    const [inside, around] = await Promise.all([Deno.stat(folder), Deno.stat(`${folder}/..`)]);
    return inside.dev === around.dev ? undefined : `${inside.dev}:${inside.ino}`;
  });
}

/**
 * Waits until the data distro has shared its folder, and says which it is.
 *
 * @throws {WindlassError} `WL_ENGINE_DATA_MISSING` after the time limit; the signal's reason once aborted.
 */
export async function waitForData(signal: AbortSignal): Promise<string> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(AGENT_LIMITS.dataMountMilliseconds)]);
  for (;;) {
    const identity = await dataMountIdentity();
    if (identity !== undefined) return identity;
    await sleep(AGENT_LIMITS.dataMountPollMilliseconds, limit);
    signal.throwIfAborted();
    if (limit.aborted) {
      throw new WindlassError(
        "WL_ENGINE_DATA_MISSING",
        `Cannot start Docker: ${DATA_FOLDER} was not mounted within ${
          AGENT_LIMITS.dataMountMilliseconds / 1000
        } s`,
      );
    }
  }
}
