import { dockerConfigFolder } from "../../docker_context/docker_context.ts";
import { OPERATING_SYSTEM, type OperatingSystem } from "../../platform/operating_system.ts";
import { guardSwitch, launchAgain } from "../../host/updates/guard_switch.ts";
import { createHome } from "../../host/home.ts";
import type { HostEnd } from "../../host/host_end.ts";
import { type Host, startHost } from "../../host/host.ts";
import type { Installation } from "../../host/installation.ts";
import { launchHost, type StartReport, takeStartRequest } from "../../host/launch_host.ts";
import { problemOf } from "../../errors/problem_of.ts";
import type { ErrorCode } from "../../errors/error_codes.ts";
import { followInstallation } from "../../install/find_installation.ts";
import { requirePrivileges } from "../../platform/privileges.ts";
import { VERSION } from "../../version.ts";
import type { CommandContext } from "../command.ts";
import { ownInstallation } from "../own_installation.ts";
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
  const ended = new AbortController();
  let running: Host | undefined;
  for (const signal of END_SIGNALS[OPERATING_SYSTEM]) {
    Deno.addSignalListener(signal, () => {
      if (signal === "SIGHUP") running?.sessionEnds();
      // A second request means: do not wait for the containers.
      if (ended.signal.aborted) running?.forceStop();
      terminated.resolve();
      ended.abort();
    });
  }
  // The terminal that launched it may close; the host stays.
  if (OPERATING_SYSTEM === "linux") Deno.addSignalListener("SIGHUP", () => {});
  try {
    requirePrivileges("start Windlass");
    using installation = ownInstallation(context);
    await createHome(installation.home);
    const successor = { installation, note: context.note, signal: ended.signal };
    const reason = await runHost({
      installation,
      context,
      commandAt: takeStartRequest(),
      report,
      terminated: terminated.promise,
      onRunning: (host) => running = host,
    });
    switch (reason) {
      case "not-started":
        await launchHost(installation.executable, installation.home);
        report({ started: true });
        break;
      case "switch":
        await guardSwitch(successor);
        break;
      case "hand-over":
        await launchAgain(successor);
        break;
      case "stop":
    }
  } catch (error) {
    const { code, message, remedy } = problemOf(error);
    report({ started: false, code: code as ErrorCode, message, remedy });
    context.note(`windlass: ${message}\n`);
    return EXIT.failed;
  }
  return EXIT.ok;
}

/** Runs the host until it is to end and has released everything. */
async function runHost({ installation, context, commandAt, report, terminated, onRunning }: {
  readonly installation: Installation;
  readonly context: CommandContext;
  readonly commandAt: number | undefined;
  readonly report: (line: StartReport) => void;
  readonly terminated: Promise<void>;
  readonly onRunning: (host: Host) => void;
}): Promise<HostEnd | "not-started"> {
  const started = await startHost({
    installation,
    dockerConfig: dockerConfigFolder(context.environment(), OPERATING_SYSTEM),
    commandAt,
  });
  if (started === "hand-over") return "not-started";
  await using running = started;
  onRunning(running);
  report({ started: true });
  // Nobody waits for this, and a program that works is worth more than a list that is right.
  await followInstallation(installation.executable, VERSION).catch((error) => context.note(`${error}\n`));
  await Promise.race([running.endRequested, terminated]);
  return running.endReason;
}
