import type { WindlassClient } from "../../client/windlass_client.ts";
import { hostClient } from "../../host/host_client.ts";
import { isWindlassError } from "../../errors/windlass_error.ts";
import type { Home } from "../../host/home.ts";
import { endStuckHost } from "../../host/end_stuck_host.ts";
import { lockHolder } from "../../host/single_instance.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { ownInstallation } from "../own_installation.ts";
import { EXIT } from "../print_error.ts";
import { ProgressLine } from "../text/progress_line.ts";
import { askHost, pause, STOP_MILLISECONDS, waitForEnd } from "../running_host.ts";

/** A host takes the request at once, and works on it afterwards. */
const ANSWER_MILLISECONDS = 5_000;
/** A host that answers nothing for so long is stuck; a machine that swaps is slow, but not that slow. */
const SILENT_MILLISECONDS = 9_000;

/**
 * `windlass stop`: ends the containers, the engine and the host, and waits for that. With `--force`, even a host that is
 * stopping already no longer waits for its containers.
 */
export async function stop(input: CommandInput, context: CommandContext): Promise<number> {
  const wasRunning = await stopHost(context.home(), context, input.flags["force"] === true);
  context.note(wasRunning ? "Windlass has stopped\n" : "Windlass is not running\n");
  return EXIT.ok;
}

/** What stopping a host takes of the world. */
type StopContext = Pick<
  CommandContext,
  "note" | "interactive" | "columns" | "home" | "executable" | "version"
>;

/**
 * Stops the host if one runs, for as long as its containers may take; resolves to whether one did. One that does not answer is ended without its help: a
 * user must always have a way out.
 *
 * @throws {WindlassError} `WL_HOST_SILENT` if even that fails.
 */
export async function stopHost(home: Home, context: StopContext, force = false): Promise<boolean> {
  using client = hostClient(home);
  const found = await findHost(home, client);
  if (found === "none") return false;
  if (found === "answers" && await askToStop({ home, client, context, force })) return true;
  using installation = ownInstallation(context);
  await endStuckHost({ installation, note: (text) => context.note(text) });
  return true;
}

/** Waits for an answer of the host that has the home, for as long as one that works may take. */
async function findHost(home: Home, client: WindlassClient): Promise<"none" | "answers" | "silent"> {
  const began = performance.now();
  for (;;) {
    const passed = () => performance.now() - began;
    try {
      if (await askHost(client) !== undefined) return "answers";
      // One that is just starting or ending holds the lock without listening.
      if (await lockHolder(home) === undefined) return "none";
      if (passed() > STOP_MILLISECONDS) return "silent";
      await pause();
    } catch (error) {
      if (!isWindlassError(error, "WL_HOST_SILENT")) throw error;
      if (passed() > SILENT_MILLISECONDS) return "silent";
    }
  }
}

/** Resolves to whether the host has ended; false if it has stopped answering, or does not end. */
async function askToStop({ home, client, context, force }: {
  readonly home: Home;
  readonly client: WindlassClient;
  readonly context: StopContext;
  readonly force: boolean;
}): Promise<boolean> {
  using line = new ProgressLine(context);
  const seenEnough = new AbortController();
  const shown = showProgress(client, line, seenEnough.signal);
  try {
    await client.stop({ signal: AbortSignal.timeout(ANSWER_MILLISECONDS), force });
    await waitForEnd(home, client); // not for the events: a host of another version may tell them otherwise
    return true;
  } catch (error) {
    if (!isWindlassError(error, "WL_HOST_SILENT")) throw error;
    return false;
  } finally {
    seenEnough.abort();
    await shown;
  }
}

/** Never rejects: the stop does not depend on what can be shown of it. */
async function showProgress(client: WindlassClient, line: ProgressLine, signal: AbortSignal): Promise<void> {
  try {
    for await (const status of client.statusChanges({ signal })) line.show(status.engine);
  } catch (error) {
    if (!isWindlassError(error)) throw error;
  }
}
