import { cgroupHierarchies, type CgroupMount, cgroupMount } from "../cgroup_layout.ts";
import { sharedResolvConf } from "../resolvers.ts";
import type { StatePaths } from "../state_paths.ts";
import { type CgroupSubtrees, makeSubtrees, removeGroups, subtreeFolders } from "./cgroups.ts";
import { type NativeProcess, startNativeProcess } from "./native_process.ts";
import { makeNetwork, removeNetwork } from "./network.ts";

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
  await Deno.mkdir(paths.mountPoint, { recursive: true, mode: 0o700 });
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
    await makeNetwork(paths.id, holder.pid);
    await writeResolvConf(holder.pid);
    const started = holder;
    return {
      pid: started.pid,
      cgroups,
      cgroupMounts: hierarchies.map(cgroupMount),
      ended: started.ended,
      stop: () => stopAndRemove(paths, started),
    };
  } catch (error) {
    await stopAndRemove(paths, holder);
    throw error;
  }
}

/** Removes what a service that was killed has left on the host; its processes end with it by themselves. */
export async function removeRemains(paths: StatePaths): Promise<void> {
  await removeNetwork(paths.id);
  await removeGroups(subtreeFolders(await readHierarchies(), paths.id));
}

async function stopAndRemove(paths: StatePaths, holder: NativeProcess | null): Promise<void> {
  // The interfaces first: with their namespace the kernel would remove them too, but only some time later.
  await removeNetwork(paths.id);
  await holder?.stop();
  await removeGroups(subtreeFolders(await readHierarchies(), paths.id));
}

async function readHierarchies() {
  return cgroupHierarchies(
    await Deno.readTextFile("/proc/self/cgroup"),
    await Deno.readTextFile("/proc/self/mountinfo"),
  );
}

async function writeResolvConf(pid: number): Promise<void> {
  const read = (path: string) => Deno.readTextFile(path).catch(() => null);
  const behind = await read("/run/systemd/resolve/resolv.conf");
  const text = sharedResolvConf(await read("/etc/resolv.conf") ?? "", behind);
  await Deno.writeTextFile(`/proc/${pid}/root/wsl/resolv.conf`, text, { mode: 0o644 });
}
