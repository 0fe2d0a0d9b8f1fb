import { cgroupHierarchies, type CgroupMount, cgroupMount } from "../cgroup_layout.ts";
import type { StatePaths } from "../state_paths.ts";
import { type CgroupSubtrees, makeSubtrees, removeGroups, subtreeFolders } from "./cgroups.ts";
import { resolvConfFiles, ResolvConfFollower } from "./follow_resolv_conf.ts";
import { type NativeProcess, startNativeProcess } from "./native_process.ts";
import { makeNetwork, removeNetwork } from "./network.ts";
import { runTool } from "./run_tool.ts";

/** What all distros share while one of them runs: network, /mnt/wsl, cgroup subtree. */
export interface VirtualMachine {
  /** The process that holds the shared namespaces. */
  readonly pid: number;
  readonly cgroups: CgroupSubtrees;
  /** How a distro mounts the subtree. */
  readonly cgroupMounts: readonly CgroupMount[];
  /** Resolves if the holder ends unasked. */
  readonly ended: Promise<void>;
  /** Ends it and removes every trace from the host. No distro may run any more. */
  stop(): Promise<void>;
}

const HOLDER_GROUP = "vm";

/**
 * Makes the shared part.
 *
 * @throws {WindlassError} `WL_WSL_FAILED`; nothing is left then.
 */
export async function startVirtualMachine(paths: StatePaths, program: string): Promise<VirtualMachine> {
  const hierarchies = await readHierarchies();
  const folders = subtreeFolders(hierarchies, paths.id);
  await Deno.mkdir(paths.mountPoint, { recursive: true, mode: 0o700 });
  // A service that cleans up after this one may run in another cgroup, and would not find these by itself.
  await Deno.writeTextFile(paths.machineMark, `${folders.join("\n")}\n`);
  let holder: NativeProcess | null = null;
  try {
    const cgroups = await makeSubtrees(hierarchies, paths.id);
    const leaf = await cgroups.makeLeaf(HOLDER_GROUP);
    holder = await startNativeProcess({
      program,
      args: ["vm", paths.mountPoint, ...cgroups.roots, "--", ...leaf],
      action: "start what all distros share",
    });
    await cgroups.enableControllers();
    await loadModules();
    await makeNetwork(paths.id, holder.pid);
    const names = new ResolvConfFollower(resolvConfFiles(`/proc/${holder.pid}/root`));
    await names.update();
    const stopping = new AbortController();
    holder.ended.finally(() => stopping.abort());
    names.follow(stopping.signal);
    const started = holder;
    return {
      pid: started.pid,
      cgroups,
      cgroupMounts: hierarchies.map(cgroupMount),
      ended: started.ended,
      stop: () => {
        stopping.abort();
        return stopAndRemove(paths, folders, started);
      },
    };
  } catch (error) {
    await stopAndRemove(paths, folders, holder);
    throw error;
  }
}

/** Removes what a service that was killed has left on the host; its processes end with it by themselves. */
export async function removeRemains(paths: StatePaths): Promise<void> {
  const mark = await Deno.readTextFile(paths.machineMark).catch(() => null);
  if (mark === null) return;
  await removeTraces(paths, mark.split("\n").filter((folder) => folder.startsWith("/")));
}

async function stopAndRemove(
  paths: StatePaths,
  folders: readonly string[],
  holder: NativeProcess | null,
): Promise<void> {
  // The interfaces first: with their namespace the kernel would remove them too, but only some time later.
  await removeNetwork(paths.id);
  await holder?.stop();
  await removeTraces(paths, folders);
}

async function removeTraces(paths: StatePaths, folders: readonly string[]): Promise<void> {
  await removeNetwork(paths.id);
  await removeGroups(folders);
  await Deno.remove(paths.machineMark).catch(() => {});
}

/**
 * Modules that programs in distros expect but that the kernel does not load by itself for them. Where they are
 * built in, or there is no modprobe, nothing is to be done.
 */
async function loadModules(): Promise<void> {
  await runTool(["modprobe", "-aq", "tun", "br_netfilter"], { action: "load kernel modules" }).catch(
    () => {},
  );
}

async function readHierarchies() {
  return cgroupHierarchies(
    await Deno.readTextFile("/proc/self/cgroup"),
    await Deno.readTextFile("/proc/self/mountinfo"),
  );
}
