import { WindlassClient } from "../../client/windlass_client.ts";
import { isWindlassError, WindlassError } from "../../errors/windlass_error.ts";
import type { Home } from "../../host/home.ts";
import type { CommandContext } from "../command.ts";
import { EXIT } from "../print_error.ts";
import { ProgressLine } from "../progress_line.ts";
import { askHost, waitForEnd } from "../running_host.ts";

/** A host takes the request at once, and works on it afterwards. */
const ANSWER_MILLISECONDS = 5_000;

/** `windlass stop`: ends the containers, the engine and the host, and waits for that. */
export async function stop(context: CommandContext): Promise<number> {
  const wasRunning = await stopHost(context.home(), context);
  context.note(wasRunning ? "Windlass has stopped\n" : "Windlass does not run\n");
  return EXIT.ok;
}

/** Stops the host if one runs; resolves to whether one did. */
export async function stopHost(
  home: Home,
  context: Pick<CommandContext, "note" | "interactive">,
): Promise<boolean> {
  using client = new WindlassClient({ addressFile: home.apiAddressFile });
  if (await askHost(client) === undefined) {
    // One that is just starting or ending holds the lock without listening.
    await waitForEnd(home);
    return false;
  }
  using line = new ProgressLine(context);
  const seenEnough = new AbortController();
  const shown = showProgress(client, line, seenEnough.signal);
  await client.stop({ signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
  await waitForEnd(home); // not for the events: a host of another version may tell them otherwise
  seenEnough.abort();
  await shown;
  return true;
}

/** Never rejects: the stop does not depend on what can be shown of it. */
async function showProgress(client: WindlassClient, line: ProgressLine, signal: AbortSignal): Promise<void> {
  try {
    for await (const status of client.statusChanges({ signal })) line.show(status.engine);
  } catch (error) {
    if (!isWindlassError(error)) throw error;
  }
}

/** For commands that must not work on an instance in use. */
export async function requireStopped(home: Home, action: string): Promise<void> {
  using client = new WindlassClient({ addressFile: home.apiAddressFile });
  if (await askHost(client) === undefined) return;
  throw new WindlassError("WL_HOST_RUNNING", `Cannot ${action}: Windlass runs`);
}
