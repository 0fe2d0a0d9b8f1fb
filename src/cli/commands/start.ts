import { HostClient } from "../../api/client.ts";
import type { Status } from "../../api/schemas.ts";
import type { ErrorCode } from "../../errors/error_codes.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { createHome, type Home } from "../../host/home.ts";
import { launchHost } from "../../host/launch_host.ts";
import { requirePrivileges } from "../../platform/privileges.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { EXIT } from "../print_error.ts";
import { ProgressLine } from "../progress_line.ts";
import { askHost, waitForHost } from "../running_host.ts";

/** `windlass start`: finds the running host or launches one, then waits for the engine. */
export async function start(input: CommandInput, context: CommandContext): Promise<number> {
  requirePrivileges("start Windlass");
  const home = context.home();
  using client = new HostClient(home.apiAddressFile);
  const running = await askHost(client);
  if (running === undefined) {
    await createHome(home);
    await launchHost(context.executable(), home);
    await waitForHost(home, client);
  } else if (running.engine.state === "failed") {
    await client.startEngine(context.signal);
  }
  if (input.flags["no-wait"]) {
    context.note("Windlass is starting; 'windlass status' tells how far it is\n");
    return EXIT.ok;
  }
  const status = await waitForEngine(home, client, context);
  context.note(
    `${running?.engine.state === "running" ? "Windlass runs already" : "Windlass runs"}: ` +
      `Docker ${status.engine.dockerVersion} at ${status.engine.dockerHost}\n`,
  );
  return EXIT.ok;
}

/** Waits until the engine runs, showing how far it is. @throws {WindlassError} Why it failed. */
export async function waitForEngine(
  home: Home,
  client: HostClient,
  context: CommandContext,
): Promise<Status> {
  using line = new ProgressLine(context);
  for await (const status of client.statusChanges(context.signal)) {
    if (status.engine.state === "running") return status;
    if (status.engine.state === "failed") throw engineFailure(status);
    line.show(status.engine);
  }
  throw new WindlassError(
    "WL_HOST_START_FAILED",
    `Cannot start the engine: the host of ${home.root} has ended`,
  );
}

/** The host's own words; the host is of the same build, so its code is one of the list. */
function engineFailure({ engine: { problem } }: Status): WindlassError {
  if (problem === undefined) {
    return new WindlassError("WL_ENGINE_FAILED", "Cannot start the engine: it failed");
  }
  return new WindlassError(problem.code as ErrorCode, problem.message, { remedy: problem.remedy });
}
