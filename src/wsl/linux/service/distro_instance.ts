import { join } from "node:path";
import { driveRoot, mountPlan } from "../mount_plan.ts";
import { type DistroSettings, parseDistroSettings } from "../settings.ts";
import type { FoundDistro } from "../registry.ts";
import { distroSocket, type StatePaths } from "../state_paths.ts";
import { extraDevices } from "./host_devices.ts";
import { startNativeProcess } from "./native_process.ts";
import type { VirtualMachine } from "./virtual_machine.ts";

/** A running distro. */
export interface DistroInstance {
  readonly guid: string;
  readonly settings: DistroSettings;
  /** Where its pid 1 takes launches. */
  readonly socket: string;
  /** Whether a launched program, or one that descends from it, lives. */
  isBusy(): boolean;
  /** Resolves when every process of the distro is gone, whatever the reason. */
  readonly ended: Promise<void>;
  /** Kills every process of the distro and waits until they are gone. */
  stop(): Promise<void>;
}

/** What a start needs beside the distro itself. */
export interface DistroStart {
  readonly paths: StatePaths;
  readonly program: string;
  readonly machine: VirtualMachine;
  /** Called when a launch has arrived. */
  onLaunch(): void;
  /** Called whenever the last program ends or the first one begins. */
  onBusyChange(): void;
}

/** The folder with the distro's files. */
export function rootfsOf(basePath: string): string {
  return join(basePath, "rootfs");
}

/**
 * Starts a distro; programs can be launched when this returns.
 *
 * @throws {WindlassError} `WL_WSL_FAILED`; nothing of it runs then.
 */
export async function startDistro(distro: FoundDistro, start: DistroStart): Promise<DistroInstance> {
  const { guid, entry } = distro;
  const rootfs = rootfsOf(entry.BasePath);
  const settings = await readSettings(rootfs);
  const group = `distro-${guid.slice(1, 9)}`;
  const socket = distroSocket(start.paths, guid);
  const groups = await start.machine.cgroups.makeLeaf(group);
  const removeTraces = async () => {
    await start.machine.cgroups.removeLeaf(group);
    await Deno.remove(socket).catch(() => {});
  };
  let busy = false;
  try {
    const process = await startNativeProcess({
      program: start.program,
      args: [
        "distro",
        ...["--socket", socket, "--vm", `${start.machine.pid}`, "--rootfs", rootfs],
        ...["--program", start.program, "--drive", start.paths.driveC],
        ...(settings.automount ? ["--drive-root", driveRoot(settings)] : []),
        ...(hasInterop(settings) ? ["--interop", "on"] : []),
        ...(settings.bootCommand === null ? [] : ["--boot", settings.bootCommand]),
        ...groups.flatMap((folder) => ["--cgroup", folder]),
      ],
      input: mountPlan({
        settings,
        hostname: Deno.hostname(),
        cgroups: start.machine.cgroupMounts,
        devices: await extraDevices(),
      }),
      environment: machineEnvironment(),
      action: `start the distro '${entry.DistributionName}'`,
      onLine(line) {
        if (line === "launched") start.onLaunch();
        if (line !== "busy" && line !== "idle") return;
        busy = line === "busy";
        start.onBusyChange();
      },
    });
    const ended = process.ended.then(removeTraces);
    return {
      guid,
      settings,
      socket,
      ended,
      isBusy: () => busy,
      async stop() {
        await process.stop();
        await ended;
      },
    };
  } catch (error) {
    await removeTraces();
    throw error;
  }
}

/** Whether programs on the drive can be run on the machine from within the distro. */
export function hasInterop(settings: DistroSettings): boolean {
  return settings.interop && settings.automount;
}

/** What programs of the machine have in their environment when a distro runs them: what a session of its user has. */
const MACHINE_VARIABLES = [
  "HOME",
  "PATH",
  "TMPDIR",
  "WINDLASS_HOME",
  "WINDLASS_WSL_DRIVE_C",
  "XDG_DATA_HOME",
];

function machineEnvironment(): Record<string, string> {
  const found = MACHINE_VARIABLES.map((name) => [name, Deno.env.get(name)] as const);
  return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** A wsl.conf that is a link could lead anywhere on the host, so it is treated as missing. */
async function readSettings(rootfs: string): Promise<DistroSettings> {
  const path = join(rootfs, "etc/wsl.conf");
  const real = await Deno.realPath(path).catch(() => null);
  const inside = real !== null && real === join(await Deno.realPath(rootfs), "etc/wsl.conf");
  return parseDistroSettings(inside ? await Deno.readTextFile(path) : "");
}
