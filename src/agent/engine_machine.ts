import type { WindlassError } from "../errors/windlass_error.ts";
import type { Log, LogLine } from "../logging/log.ts";
import { AGENT_LIMITS } from "./agent_limits.ts";
import { claimData } from "./claim_data.ts";
import type { DaemonOptions } from "./daemon_options.ts";
import { waitForData } from "./data_mount.ts";
import { DATA_FOLDER, dockerdArguments } from "./dockerd_arguments.ts";
import { dockerdVersion } from "./dockerd_version.ts";
import { type DockerdProcess, startDockerd } from "./dockerd_process.ts";
import { engineBroken } from "./engine_broken.ts";
import { engineReady } from "./engine_ready.ts";
import { preferQuickFirewall } from "./firewall_tools.ts";
import { endLeftovers } from "./leftovers.ts";
import { prepareCgroups } from "./prepare_cgroups.ts";
import { readNetworkAddresses } from "./network_addresses.ts";
import type { PreparationStage } from "./rpc_messages.ts";
import { loadSampleImages, sampleImagesAreLoaded } from "./sample_images.ts";
import { sleep } from "../timing/sleep.ts";
import { removeStaleFiles } from "./stale_files.ts";

/** All that the supervisor does to the machine; replaced in tests. */
export interface EngineMachine {
  /** Makes everything ready for a dockerd. `onStage` is told each stage as it begins. */
  prepare(onStage: (stage: PreparationStage) => void, signal: AbortSignal): Promise<PreparedEngine>;
  /** Resolves once dockerd answers; rejects with the signal's reason. */
  ready(signal: AbortSignal): Promise<void>;
  /** Ends what a dockerd has left running. */
  endLeftovers(): Promise<void>;
  sampleImagesAreLoaded(): boolean;
  loadSampleImages(signal: AbortSignal): Promise<void>;
  /** Resolves after the time, or once the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  now(): Date;
  /** Why the user's options for dockerd are not used, as it ends a sentence. */
  optionsProblem(): string | undefined;
  /** Whether the next dockerd will be without them, because they may be what kept the last one from starting. */
  optionsSuspected(): boolean;
}

/** A machine on which dockerd can be started. */
export interface PreparedEngine {
  start(onLine: (line: LogLine) => void): DockerdProcess;
  /** To be told once dockerd answers, */
  answered(): void;
  /** or how it ended before it ever did. */
  failed(how: string): void;
  /** Resolves when dockerd cannot work any more although it runs, to why; or, once the signal is aborted, to nothing. */
  broken(signal: AbortSignal): Promise<WindlassError | undefined>;
}

/** The machine that this process runs on. */
export function createEngineMachine(log: Log, options: DaemonOptions): EngineMachine {
  let first = true;
  return {
    prepare: (onStage, signal) => {
      const graceMilliseconds = first ? AGENT_LIMITS.predecessorStopMilliseconds : 0;
      first = false;
      return prepare({ log, options, graceMilliseconds, onStage, signal });
    },
    ready: engineReady,
    endLeftovers: () => endLeftovers(log, { graceMilliseconds: 0, signal: new AbortController().signal }),
    sampleImagesAreLoaded,
    loadSampleImages: (signal) => loadSampleImages(log, signal),
    sleep,
    now: () => new Date(),
    optionsProblem: () => options.problem,
    optionsSuspected: () => options.suspected,
  };
}

interface Preparation {
  readonly log: Log;
  readonly options: DaemonOptions;
  readonly graceMilliseconds: number;
  readonly onStage: (stage: PreparationStage) => void;
  readonly signal: AbortSignal;
}

async function prepare(
  { log, options, graceMilliseconds, onStage, signal }: Preparation,
): Promise<PreparedEngine> {
  onStage("leftovers");
  await endLeftovers(log, { graceMilliseconds, signal });
  signal.throwIfAborted();
  // Not before: its probes would count as leftovers.
  const firewall = preferQuickFirewall(log);
  const configuration = options.next(baseConfiguration());
  onStage("control-groups");
  const { parent: cgroupParent } = await prepareCgroups(log);
  onStage("data");
  const [data, toolsFolder, { text, file }, dockerd] = await Promise.all([
    waitForData(signal),
    firewall,
    configuration,
    dockerdVersion(),
  ]);
  await claimData({ folder: DATA_FOLDER, dockerd, log });
  await removeStaleFiles(log);
  const args = dockerdArguments(text, {
    ...(cgroupParent === undefined ? {} : { cgroupParent }),
    ...uplinkMtu(),
    network: readNetworkAddresses(),
  });
  if (file !== undefined) args.push("--config-file", file);
  return {
    start: (onLine) => startDockerd({ args, toolsFolder, onLine }),
    answered: () => options.answered(),
    failed: (how) => options.failed(how),
    broken: (until) => engineBroken(data, until),
  };
}

/** Docker assumes 1500; behind a VPN the way out is narrower. */
function uplinkMtu(): { mtu?: number } {
  const mtu = Number(Deno.env.get("WINDLASS_NETWORK_MTU"));
  return mtu > 0 && mtu < 1500 ? { mtu } : {};
}

/** The text of the configuration that comes with the distro; empty if there is none. */
export function baseConfiguration(): string {
  try {
    return Deno.readTextFileSync("/etc/docker/daemon.json");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
