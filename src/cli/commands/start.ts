import type { WindlassClient } from "../../client/windlass_client.ts";
import { hostClient } from "../../host/host_client.ts";
import type { Status } from "../../api/resources/status.ts";
import {
  dockerConfigFolder,
  useDockerContext,
  writeDockerContext,
} from "../../docker_context/docker_context.ts";
import type { ErrorCode } from "../../errors/error_codes.ts";
import { isWindlassError, WindlassError } from "../../errors/windlass_error.ts";
import type { Home } from "../../host/home.ts";
import { OPERATING_SYSTEM } from "../../platform/operating_system.ts";
import { requirePrivileges } from "../../platform/privileges.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { ensureHost } from "../ensure_host.ts";
import { EXIT } from "../print_error.ts";
import { ProgressLine } from "../text/progress_line.ts";
import { describeWarning } from "../text/warning_text.ts";

/** `windlass start`: finds the running host or launches one, then waits for the engine. */
export async function start(input: CommandInput, context: CommandContext): Promise<number> {
  requirePrivileges("start Windlass");
  const home = context.home();
  using client = hostClient(home);
  const running = await ensureHost(home, client, context, { startEngine: input.flags["on-demand"] !== true });
  if (input.flags["use-context"]) await useContext(home, context);
  if (input.flags["on-demand"]) {
    context.note("Windlass is listening; the first request starts the engine\n");
    return EXIT.ok;
  }
  await client.engine.start({ signal: context.signal });
  if (input.flags["no-wait"]) {
    context.note("Windlass is starting; run 'windlass status' to follow it\n");
    return EXIT.ok;
  }
  const status = await waitForEngine(home, client, context);
  context.note(
    `${running?.engine.state === "running" ? "Windlass is already running" : "Windlass is running"}: ` +
      `Docker ${status.engine.dockerVersion} at ${status.engine.dockerHost}\n`,
  );
  for (const warning of status.warnings) context.note(describeWarning(warning));
  return EXIT.ok;
}

/** Points Docker's own command line at Windlass, which nothing does unasked. */
async function useContext(home: Home, context: CommandContext): Promise<void> {
  const folder = dockerConfigFolder(context.environment(), OPERATING_SYSTEM);
  if (!home.isDefault || folder === undefined) {
    throw new WindlassError(
      "WL_USAGE",
      `Cannot use the Docker context: ${home.root} has none`,
      { remedy: "Only the default home has one; use DOCKER_HOST as 'windlass env' prints it." },
    );
  }
  await writeDockerContext(folder, home.dockerHost);
  await useDockerContext(folder);
}

/** What a wait for the engine takes of a client. */
interface EngineClient {
  statusChanges: WindlassClient["statusChanges"];
  readonly engine: Pick<WindlassClient["engine"], "start">;
}

/** Waits until the engine, which was told to start, runs, showing how far it is. @throws {WindlassError} Why it failed. */
export async function waitForEngine(
  home: Pick<Home, "root">,
  client: EngineClient,
  context: Pick<CommandContext, "note" | "interactive" | "columns" | "signal">,
): Promise<Status> {
  using line = new ProgressLine(context);
  for await (const status of client.statusChanges({ signal: context.signal })) {
    if (status.engine.state === "running") return status;
    if (status.engine.state === "failed") throw engineFailure(status);
    if (status.engine.state === "stopped" || status.engine.state === "resting") {
      await startAgain(client, context.signal);
    }
    line.show(status.engine);
  }
  throw new WindlassError(
    "WL_HOST_START_FAILED",
    `Cannot start the engine: the host of ${home.root} has ended`,
  );
}

/** With a short idle time, an engine may run and stop again before the first check. */
async function startAgain(client: EngineClient, signal: AbortSignal): Promise<void> {
  try {
    await client.engine.start({ signal });
  } catch (error) {
    if (!isWindlassError(error, "WL_HOST_NOT_RUNNING")) throw error; // the end of the events says so as well
  }
}

/** The host's own words; the host is of the same build, so its code is one of the list. */
function engineFailure({ engine: { problem } }: Status): WindlassError {
  if (problem === undefined) {
    return new WindlassError("WL_ENGINE_FAILED", "Cannot start the engine: it failed");
  }
  return new WindlassError(problem.code as ErrorCode, problem.message, { remedy: problem.remedy });
}
