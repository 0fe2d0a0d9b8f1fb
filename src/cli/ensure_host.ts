import type { WindlassClient } from "../client/windlass_client.ts";
import type { Status } from "../api/resources/status.ts";
import { createHome, type Home } from "../host/home.ts";
import { launchHost, type LaunchOptions } from "../host/launch_host.ts";
import type { CommandContext } from "./command.ts";
import { askHost, waitForHost } from "./running_host.ts";

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
  const running = await askHost(client);
  if (running === undefined) {
    await createHome(home);
    await launchHost(context.executable(), home, options);
    await waitForHost(home, client);
  }
  return running;
}
