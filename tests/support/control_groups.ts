import { join } from "node:path";
import { eventually } from "./eventually.ts";

const MOUNT_POINT = "/sys/fs/cgroup";
/** Milliseconds in which the kernel must give up a group whose processes have ended. */
const END_MILLISECONDS = 60_000;

/** One control group in every hierarchy of the machine, for the processes of one bare engine. */
export interface ControlGroups extends AsyncDisposable {
  /** Folders whose `cgroup.procs` a process writes itself to. */
  readonly folders: readonly string[];
  /** What to mount where inside: `v2`, or for each v1 hierarchy its folder name and mount option. */
  readonly hierarchies: readonly { readonly name: string; readonly option: string }[];
  readonly unified: boolean;
}

/** Makes the groups; disposal waits until they are empty and removes them with all groups below. */
export async function openControlGroups(prefix: string): Promise<ControlGroups> {
  const unified = await Deno.stat(join(MOUNT_POINT, "cgroup.controllers")).then(() => true, () => false);
  const hierarchies = unified ? [] : parseHierarchies(await Deno.readTextFile("/proc/self/cgroup"));
  const roots = unified ? [MOUNT_POINT] : hierarchies.map((hierarchy) => join(MOUNT_POINT, hierarchy.name));
  await removeAbandoned(roots, prefix);
  const folders = roots.map((root) => join(root, `${prefix}-${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`));
  await using made = new AsyncDisposableStack();
  for (const [index, folder] of folders.entries()) {
    await Deno.mkdir(folder);
    made.defer(() => removeGroup(folder));
    if (hierarchies[index]?.name === "cpuset") await copyCpuset(roots[index]!, folder);
  }
  const owned = made.move();
  return { folders, hierarchies, unified, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Reads `/proc/self/cgroup` of a machine with v1 hierarchies (pure). */
export function parseHierarchies(text: string): { name: string; option: string }[] {
  const controllers = text.trim().split("\n").map((line) => line.split(":")[1] ?? "");
  return controllers.filter((controller) => controller !== "").map((controller) => ({
    name: controller.replace(/^name=/, ""),
    option: controller.startsWith("name=") ? `none,${controller}` : controller,
  }));
}

/** A v1 cpuset takes no process before it has processors and memory. */
async function copyCpuset(from: string, to: string): Promise<void> {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    await Deno.writeTextFile(join(to, file), await Deno.readTextFile(join(from, file)));
  }
}

async function removeGroup(folder: string, milliseconds = END_MILLISECONDS): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isDirectory) await removeGroup(join(folder, entry.name), milliseconds);
  }
  // The kernel gives up a group a moment after its last process has ended.
  await eventually(() => Deno.remove(folder), milliseconds);
}

/** Removes the groups of test processes that were killed before they could. */
async function removeAbandoned(roots: readonly string[], prefix: string): Promise<void> {
  for (const root of roots) {
    for await (const entry of Deno.readDir(root)) {
      const owner = entry.name.match(new RegExp(`^${prefix}-(\\d+)-`))?.[1];
      if (!owner || await Deno.stat(`/proc/${owner}`).then(() => true, () => false)) continue;
      await removeGroup(join(root, entry.name), 0).catch(() => {});
    }
  }
}
