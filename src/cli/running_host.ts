import { WindlassClient } from "../client/windlass_client.ts";
import type { Status } from "../api/resources/status.ts";
import { isWindlassError, WindlassError } from "../errors/windlass_error.ts";
import type { Home } from "../host/home.ts";
import { lockHolder } from "../host/single_instance.ts";

/** A host answers its status from memory; one that takes this long is stuck. */
const ANSWER_MILLISECONDS = 5_000;
/** A host listens within a fraction of a second of taking the lock; a machine that swaps may need more. */
const LISTEN_MILLISECONDS = 20_000;
/** How often to check whether a host has appeared or ended. Short: a person waits, and each check is cheap. */
const POLL_MILLISECONDS = 5;
/** The longest part of a host's end in which it answers nothing; while it answers, it waits for its containers. */
export const STOP_MILLISECONDS = 90_000;

/** The status that the running host tells, or nothing if none runs. */
export async function askHost(client: WindlassClient): Promise<Status | undefined> {
  try {
    return await client.status({ signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
  } catch (error) {
    if (isWindlassError(error, "WL_HOST_NOT_RUNNING")) return undefined;
    throw error;
  }
}

/**
 * Waits until the host that holds the lock listens: the one that has won a race of several starts.
 *
 * @throws {WindlassError} `WL_HOST_START_FAILED` if it ends before, `WL_HOST_SILENT` if it never listens.
 */
export async function waitForHost(home: Home, client: WindlassClient): Promise<void> {
  const limit = performance.now() + LISTEN_MILLISECONDS;
  while (await askHost(client) === undefined) {
    const pid = await lockHolder(home);
    if (pid === undefined) {
      throw new WindlassError(
        "WL_HOST_START_FAILED",
        `Cannot start the host of ${home.root}: it ended while it was starting`,
      );
    }
    if (performance.now() > limit) {
      throw new WindlassError("WL_HOST_SILENT", `Cannot reach the host: process ${pid} is not listening`);
    }
    await pause();
  }
}

/** Waits until no process holds the lock of the home. */
export async function waitForEnd(home: Home, client: WindlassClient): Promise<void> {
  let limit = performance.now() + STOP_MILLISECONDS;
  while (true) {
    const pid = await lockHolder(home);
    if (pid === undefined) return;
    if (performance.now() > limit && await answers(client)) limit = performance.now() + STOP_MILLISECONDS;
    if (performance.now() > limit) {
      throw new WindlassError("WL_HOST_SILENT", `Cannot stop Windlass: process ${pid} does not end`, {
        remedy: `End process ${pid} yourself, then run 'windlass start' to recover.`,
      });
    }
    await pause();
  }
}

async function answers(client: WindlassClient): Promise<boolean> {
  try {
    return await askHost(client) !== undefined;
  } catch {
    return false; // it is stuck, which is what the limit is for
  }
}

/** A short pause between two looks. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
}
