import { unlessMissingSync } from "../../errors/unless_missing.ts";
import type { WindlassError } from "../../errors/windlass_error.ts";
import type { Log, LogLine } from "../../logging/log.ts";
import type { SpaceReserve } from "../../files/space_reserve.ts";
import { AGENT_LIMITS } from "../agent_limits.ts";
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
import { readNetworkAddresses } from "../network/network_addresses.ts";
import type { PreparationStage, StopWait } from "../protocol/dockerd_state.ts";
import { loadSampleImages, sampleImagesAreLoaded } from "./sample_images.ts";
import { sleep } from "../../timing/sleep.ts";
import { removeStaleFiles } from "./stale_files.ts";
import { stopMilliseconds } from "../protocol/stop_limit.ts";
import { readStopWaits, readStopWaitsOfFiles } from "./stop_waits.ts";

type OnStage = (stage: PreparationStage, waits?: readonly StopWait[]) => void;

/** All that the supervisor does to the machine; replaced in tests. */
export interface EngineMachine {
  /** Ends what a predecessor has left running, and waits for one that is still leaving. Part of `prepare()`. */
  clear(onStage: OnStage, signal: AbortSignal): Promise<void>;
  /** Makes everything ready for a dockerd. `onStage` is called with each stage as it begins, and what it waits for. */
  prepare(onStage: OnStage, signal: AbortSignal): Promise<PreparedEngine>;
  /** For which containers a stop waits longer than usual. Never rejects. */
  stopWaits(): Promise<StopWait[]>;
  /** Resolves once dockerd answers; rejects with the signal's reason. */
  ready(signal: AbortSignal): Promise<void>;
  /** Ends what a dockerd has left running. */
  endLeftovers(): Promise<void>;
  sampleImagesAreLoaded(): boolean;
  loadSampleImages(signal: AbortSignal): Promise<void>;
  /** Resolves after the time, or once the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  now(): Date;
  /** Why the user's options for dockerd are not used, as a lower-case clause. */
  optionsProblem(): string | undefined;
  /** Whether the next dockerd will be without them, because they may be what kept the last one from starting. */
  optionsSuspected(): boolean;
}

/** A machine on which dockerd can be started. */
export interface PreparedEngine {
  start(onLine: (line: LogLine) => void): DockerdProcess;
  /** To be called once dockerd answers, */
  answered(): void;
  /** or how it ended before it ever did. */
  failed(how: string): void;
  /** Resolves when dockerd cannot work any more although it runs, to why; or, once the signal is aborted, to nothing. */
  broken(signal: AbortSignal): Promise<WindlassError | undefined>;
}

/** The machine that this process runs on. */
export function createEngineMachine(
  log: Log,
  options: DaemonOptions,
  useNameServers: (servers: readonly string[]) => void,
  beforeStart: (signal: AbortSignal) => Promise<void>,
  environment: () => Readonly<Record<string, string>>,
): EngineMachine {
  let first = true;
  const clear = (onStage: OnStage, signal: AbortSignal) => {
    const afterPredecessor = first;
    first = false;
    return clearLeftovers({ log, afterPredecessor, onStage, signal });
  };
  return {
    clear,
    prepare: async (onStage, signal) => {
      await clear(onStage, signal);
      return await prepare({ log, options, useNameServers, beforeStart, environment, onStage, signal });
    },
    stopWaits: () => readStopWaits(AbortSignal.timeout(AGENT_LIMITS.useMilliseconds)),
    ready: engineReady,
    endLeftovers: () => endLeftovers(log),
    sampleImagesAreLoaded,
    loadSampleImages: (signal) => loadSampleImages(log, signal),
    sleep,
    now: () => new Date(),
    optionsProblem: () => options.problem,
    optionsSuspected: () => options.suspected,
  };
}

interface Clearance {
  readonly log: Log;
  /** Whether the engine of another agent may still be stopping. */
  readonly afterPredecessor: boolean;
  readonly onStage: OnStage;
  readonly signal: AbortSignal;
}

async function clearLeftovers({ log, afterPredecessor, onStage, signal }: Clearance): Promise<void> {
  onStage("leftovers");
  const grace = async () => {
    const waits = await readStopWaitsOfFiles();
    if (waits.length > 0) onStage("leftovers", waits);
    return stopMilliseconds(waits, AGENT_LIMITS.predecessorStopMilliseconds);
  };
  await endLeftovers(log, afterPredecessor ? { grace } : {});
  signal.throwIfAborted();
}

interface Preparation {
  readonly log: Log;
  readonly options: DaemonOptions;
  /** Is given the name servers that the user wants containers to have; none for the distro's own. */
  readonly useNameServers: (servers: readonly string[]) => void;
  /** What else must be done before dockerd starts its containers; the data is there by then. */
  readonly beforeStart: (signal: AbortSignal) => Promise<void>;
  /** More variables for a dockerd that starts now. */
  readonly environment: () => Readonly<Record<string, string>>;
  readonly onStage: OnStage;
  readonly signal: AbortSignal;
}

async function prepare(
  { log, options, useNameServers, beforeStart, environment, onStage, signal }: Preparation,
): Promise<PreparedEngine> {
  // Not before: its probes would count as leftovers.
  const firewall = preferQuickFirewall(log);
  const configuration = options.next(baseConfiguration());
  onStage("control-groups");
  const { parent: cgroupParent } = await prepareCgroups(log);
  onStage("data");
  const [data, toolsFolder, { text, file, nameServers }, dockerd] = await Promise.all([
    waitForData(signal),
    firewall,
    configuration,
    dockerdVersion(),
  ]);
  const reserve = await openDataReserve();
  if (await reserve.releaseIfFull()) log("warn", "agent.data.reserve_released");
  useNameServers(nameServers);
  await claimData({ folder: DATA_FOLDER, dockerd, log });
  await removeStaleFiles(log);
  await beforeStart(signal);
  const args = dockerdArguments(text, {
    ...(cgroupParent === undefined ? {} : { cgroupParent }),
    ...uplinkMtu(),
    network: readNetworkAddresses(),
  });
  if (file !== undefined) args.push("--config-file", file);
  return {
    start: (onLine) => startDockerd({ args, toolsFolder, environment: environment(), onLine }),
    answered: () => {
      options.answered();
      void reserve.restore();
    },
    failed: (how) => options.failed(how),
    broken: (until) => engineBroken(data, until),
  };
}

/** Room for a dockerd on a disk that its own data has filled: containerd and dockerd write some MiB as they start. */
const DATA_RESERVE_BYTES = 8 * 1024 * 1024;

async function openDataReserve(): Promise<SpaceReserve> {
  const { SpaceReserve } = await import("../../files/space_reserve.ts");
  return new SpaceReserve(`${DATA_FOLDER}/windlass-reserve`, DATA_RESERVE_BYTES);
}

/** Docker assumes 1500; behind a VPN the way out is narrower. */
function uplinkMtu(): { mtu?: number } {
  const mtu = Number(Deno.env.get("WINDLASS_NETWORK_MTU"));
  return mtu > 0 && mtu < 1500 ? { mtu } : {};
}

/** The text of the configuration that comes with the distro; empty if there is none. */
export function baseConfiguration(): string {
  return unlessMissingSync(() => Deno.readTextFileSync("/etc/docker/daemon.json")) ?? "";
}
