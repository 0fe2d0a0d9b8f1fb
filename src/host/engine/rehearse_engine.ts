import { agentCommand, type DaemonConfiguration } from "../../agent/protocol/agent_command.ts";
import { isDataTooNew } from "../../agent/protocol/data_stamp.ts";
import { parseRehearsalReport } from "../../agent/protocol/rehearsal_report.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Wsl } from "../../wsl/wsl.ts";
import { REHEARSE_PROGRAM } from "../../agent/protocol/distro_paths.ts";

/** Starting a distro and its programs for the first time, on a slow disk; one that takes longer hangs. */
const REHEARSAL_MILLISECONDS = 120_000;

/** Which engine is tried out, and against what. */
export interface RehearseEngineOptions {
  readonly wsl: Pick<Wsl, "run">;
  readonly distro: string;
  /** The user's options for dockerd. */
  readonly daemonOptions: DaemonConfiguration;
  /** Version of the dockerd that has used the data last, if that is known. */
  readonly dataWriter: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Lets a distro run each of its programs and check the configuration of dockerd, without data and network.
 *
 * @throws {WindlassError} `WL_ENGINE_UNFIT` if the distro itself is no good; `WL_DAEMON_OPTIONS_INVALID` or
 * `WL_DATA_TOO_NEW` if it is, but not for this user; all that wsl may fail with.
 */
export async function rehearseEngine(options: RehearseEngineOptions): Promise<void> {
  const { wsl, distro, daemonOptions, dataWriter, signal } = options;
  const { exitCode, stdout, stderr } = await wsl.run({
    distro,
    argv: agentCommand(REHEARSE_PROGRAM, daemonOptions),
    signal,
    timeoutMilliseconds: REHEARSAL_MILLISECONDS,
  });
  const report = parseRehearsalReport(stdout);
  if (report === undefined) {
    const words = stderr.trim().split("\n").at(-1) ?? "";
    throw unfit(distro, `${REHEARSE_PROGRAM} ended with status ${exitCode}${words && `: ${words}`}`);
  }
  const problem = report.problems[0];
  if (problem !== undefined) throw unfit(distro, problem);
  if (report.optionsProblem !== undefined) {
    throw new WindlassError(
      "WL_DAEMON_OPTIONS_INVALID",
      `Cannot use 'engine.daemonOptions' with the next version: ${report.optionsProblem}`,
    );
  }
  const dockerd = report.programs["dockerd"];
  if (dataWriter !== undefined && dockerd !== undefined && isDataTooNew(dockerd, { dockerd: dataWriter })) {
    throw new WindlassError(
      "WL_DATA_TOO_NEW",
      `Cannot use dockerd ${dockerd}: the data was last written by ${dataWriter}`,
    );
  }
}

function unfit(distro: string, state: string): WindlassError {
  return new WindlassError("WL_ENGINE_UNFIT", `Cannot use the engine in the distro '${distro}': ${state}`);
}
