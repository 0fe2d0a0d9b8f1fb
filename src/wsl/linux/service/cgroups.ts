import { join } from "node:path";
import type { CgroupHierarchy } from "../cgroup_layout.ts";

/**
 * The kernel releases a group a moment after its last process, which may have to wait for a slow disk to end: attempts at
 * 50 ms until it is given up.
 */
const REMOVE_ATTEMPTS = 600;
const REMOVE_PAUSE_MILLISECONDS = 50;

/** What container engines use; the host's others are left alone. */
const CONTROLLERS = ["cpu", "cpuset", "io", "memory", "pids"];

/** Our subtree of each hierarchy of the host. */
export interface CgroupSubtrees {
  /** The root of each subtree. */
  readonly roots: readonly string[];
  /**
   * Has version 2 count and limit in groups below the roots. From then on the roots take no processes, and those
   * that are in there must have left before.
   */
  enableControllers(): Promise<void>;
  /** Makes one group of this name in each subtree, for processes, and returns the folders. */
  makeLeaf(name: string): Promise<string[]>;
  /** Removes that group in each subtree, with what was made below it. */
  removeLeaf(name: string): Promise<void>;
}

/** The folder of our subtree below the parent that the layout names. */
export function subtreeFolders(hierarchies: readonly CgroupHierarchy[], id: string): string[] {
  return hierarchies.map(({ parent }) => join(parent, `windlass-${id}`));
}

/** Makes the subtrees. */
export async function makeSubtrees(
  hierarchies: readonly CgroupHierarchy[],
  id: string,
): Promise<CgroupSubtrees> {
  const roots = subtreeFolders(hierarchies, id);
  for (const [index, root] of roots.entries()) {
    await makeGroup(root, hierarchies[index] as CgroupHierarchy);
  }
  const leaves = (name: string) => roots.map((root) => join(root, name));
  return {
    roots,
    async makeLeaf(name) {
      const folders = leaves(name);
      for (const [index, folder] of folders.entries()) {
        await makeGroup(folder, hierarchies[index] as CgroupHierarchy);
      }
      return folders;
    },
    removeLeaf: (name) => removeGroups(leaves(name)),
    async enableControllers() {
      for (const [index, root] of roots.entries()) {
        const hierarchy = hierarchies[index] as CgroupHierarchy;
        // Beside version 1 the unified hierarchy has no controller that matters, and stays as it is.
        if (hierarchy.version === 1 || hierarchies.length > 1) continue;
        await enableControllers(hierarchy.parent);
        await enableControllers(root);
      }
    },
  };
}

/** Removes groups and all groups below them once their processes are gone. Fine when there are none. */
export async function removeGroups(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    for (let attempt = 0; attempt < REMOVE_ATTEMPTS; attempt++) {
      if (await removeTreeOfGroups(folder)) break;
      await new Promise((resolve) => setTimeout(resolve, REMOVE_PAUSE_MILLISECONDS));
    }
  }
}

async function makeGroup(folder: string, hierarchy: CgroupHierarchy): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  if (!hierarchy.options.split(",").includes("cpuset")) return;
  // A group of cpuset version 1 takes processes only after both were set.
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    if ((await Deno.readTextFile(join(folder, file))).trim() !== "") continue;
    await Deno.writeTextFile(join(folder, file), await Deno.readTextFile(join(folder, "..", file)));
  }
  await Deno.writeTextFile(join(folder, "cgroup.clone_children"), "1");
}

/** One by one: a controller that cannot be given on, as `cpu` with real-time processes, must not stop the rest. */
async function enableControllers(folder: string): Promise<void> {
  const names = (await Deno.readTextFile(join(folder, "cgroup.controllers"))).trim().split(" ");
  for (const name of names.filter((name) => CONTROLLERS.includes(name))) {
    await Deno.writeTextFile(join(folder, "cgroup.subtree_control"), `+${name}`).catch(() => {});
  }
}

async function removeTreeOfGroups(folder: string): Promise<boolean> {
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isDirectory && !(await removeTreeOfGroups(join(folder, entry.name)))) return false;
    }
    await Deno.remove(folder);
    return true;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}
