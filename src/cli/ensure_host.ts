import type { WindlassClient } from "../client/windlass_client.ts";
import type { Status } from "../api/resources/status.ts";
import { isWindlassError } from "../errors/windlass_error.ts";
import { createHome, type Home } from "../host/home.ts";
import { launchHost, type LaunchOptions } from "../host/launch_host.ts";
import type { CommandContext } from "./command.ts";
import { askHost, waitForHost } from "./running_host.ts";

/** A host that was just ending does not listen any more, and keeps the home from the first one that is launched. */
const LAUNCHES = 3;

/**
 * Finds the running host, or launches one and waits until it listens. Its engine starts with the first request.
 *
 * @returns What the host told that ran already; nothing if there was none.
 * @throws {WindlassError} What kept the host from starting.
 */
export async function ensureHost(
  home: Home,
  client: WindlassClient,
  context: Pick<CommandContext, "executable">,
  options: LaunchOptions = {},
): Promise<Status | undefined> {
  const launchAndWait = async (isLast: boolean): Promise<boolean> => {
    await launchHost(context.executable(), home, options);
    try {
      await waitForHost(home, client);
      return true;
    } catch (error) {
      if (isLast || !isWindlassError(error, "WL_HOST_START_FAILED")) throw error;
      return false;
    }
  };
  const running = await askHost(client);
  if (running === undefined) {
    await createHome(home);
    for (let launch = 1; !await launchAndWait(launch === LAUNCHES); launch++);
  }
  return running;
}
