import { WindlassClient } from "../../client/windlass_client.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Home } from "../../host/home.ts";
import type { CommandContext } from "../command.ts";
import { EXIT } from "../print_error.ts";
import { ProgressLine } from "../progress_line.ts";
import { askHost, waitForEnd } from "../running_host.ts";

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
  const changes = client.statusChanges({ signal: seenEnough.signal });
  await changes.next();
  await client.stop({ signal: AbortSignal.timeout(5_000) });
  for await (const status of changes) line.show(status.engine);
  await waitForEnd(home);
  return true;
}

/** For commands that must not work on an instance in use. */
export async function requireStopped(home: Home, action: string): Promise<void> {
  using client = new WindlassClient({ addressFile: home.apiAddressFile });
  if (await askHost(client) === undefined) return;
  throw new WindlassError("WL_HOST_RUNNING", `Cannot ${action}: Windlass runs`);
}
