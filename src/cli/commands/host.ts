import { dockerConfigFolder } from "../../docker_context/docker_context.ts";
import { OPERATING_SYSTEM, type OperatingSystem } from "../../platform/operating_system.ts";
import { createHome } from "../../host/home.ts";
import { startHost } from "../../host/host.ts";
import type { StartReport } from "../../host/launch_host.ts";
import { problemOf } from "../../errors/problem_of.ts";
import type { ErrorCode } from "../../errors/error_codes.ts";
import { followInstallation } from "../../install/find_installation.ts";
import { requirePrivileges } from "../../platform/privileges.ts";
import { VERSION } from "../../version.ts";
import type { CommandContext } from "../command.ts";
import { EXIT } from "../print_error.ts";

/**
 * What asks the host to end. On Windows SIGHUP is the end of its console, which nobody but the system closes: the
 * host is started with one of its own that has no window.
 */
const END_SIGNALS: Readonly<Record<OperatingSystem, readonly Deno.Signal[]>> = {
  linux: ["SIGTERM", "SIGINT"],
  windows: ["SIGINT", "SIGBREAK", "SIGHUP"],
};

/** `windlass host`: the long-running process. Its stdout has one line, which says how the start went. */
export async function host(context: CommandContext): Promise<number> {
  const report = (line: StartReport) => context.print(`${JSON.stringify(line)}\n`);
  const terminated = Promise.withResolvers<void>();
  for (const signal of END_SIGNALS[OPERATING_SYSTEM]) {
    Deno.addSignalListener(signal, () => terminated.resolve());
  }
  // The terminal that launched it may close; the host stays.
  if (OPERATING_SYSTEM === "linux") Deno.addSignalListener("SIGHUP", () => {});
  try {
    requirePrivileges("start Windlass");
    const home = context.home();
    await createHome(home);
    await using running = await startHost({
      home,
      executable: context.executable(),
      version: context.version(),
      dockerConfig: dockerConfigFolder(context.environment(), OPERATING_SYSTEM),
    });
    report({ started: true });
    // Nobody waits for this, and a program that works is worth more than a list that is right.
    await followInstallation(context.executable(), VERSION).catch((error) => context.note(`${error}\n`));
    await Promise.race([running.stopRequested, terminated.promise]);
  } catch (error) {
    const { code, message, remedy } = problemOf(error);
    report({ started: false, code: code as ErrorCode, message, remedy });
    context.note(`windlass: ${message}\n`);
    return EXIT.failed;
  }
  return EXIT.ok;
}
