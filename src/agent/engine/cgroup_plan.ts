/**
 * What has to be done to the control groups before dockerd can use them, worked out from what /proc says. Pure.
 *
 * WSL shows three kinds of world: version 2 with our processes at the root (up to 2.9.4), version 2 with
 * them in `/wsl-user/distro-<pid>` (later), and version 1, alone or beside an empty version 2 (hybrid).
 */
export interface CgroupPlan {
  readonly version: 1 | 2;
  /** Version 1: hierarchies that the kernel has and nobody mounted, without which runc gives up. */
  readonly mounts: readonly CgroupMount[];
  /**
   * Version 2: below the root of the kernel's tree a group has processes or passes controllers on, not both. So
   * the processes of `from` move to `to`. Absent at the real root, which may have both.
   */
  readonly move?: { readonly from: string; readonly to: string };
  /** Version 2: the folder whose controllers are passed on to its children. */
  readonly delegate?: string;
  /** The parent group for dockerd; absent where its own choice is right. */
  readonly parent?: string;
}

/** A named or controller hierarchy of version 1 to be mounted. */
export interface CgroupMount {
  readonly folder: string;
  /** Value of `mount -o`. */
  readonly options: string;
}

/** The texts that a plan is made from. */
export interface CgroupFacts {
  /** /proc/self/cgroup */
  readonly membership: string;
  /** /proc/self/mountinfo */
  readonly mounts: string;
  /** Whether a group of version 2, given by its folder, is the root of the kernel's tree. */
  isKernelRoot(folder: string): boolean;
}

const ROOT = "/sys/fs/cgroup";
/** The leaf that our processes move to. A predecessor may have moved us there already. */
const LEAF = "windlass-agent";

/**
 * Makes the plan.
 *
 * @example
 * ```ts
 * planCgroups({ membership: "0::/wsl-user/distro-7\n", mounts, isKernelRoot: () => false }).parent;
 * // "/wsl-user/distro-7/docker"
 * ```
 */
export function planCgroups(facts: CgroupFacts): CgroupPlan {
  const mounted = cgroupMounts(facts.mounts);
  if (mounted.some((mount) => mount.type === "cgroup2" && mount.folder === ROOT)) {
    return planUnified(facts);
  }
  return { version: 1, mounts: missingHierarchies(facts.membership, mounted) };
}

function planUnified(facts: CgroupFacts): CgroupPlan {
  const line = facts.membership.split("\n").find((text) => text.startsWith("0::"));
  let own = line?.slice("0::".length) ?? "/";
  if (own === `/${LEAF}` || own.endsWith(`/${LEAF}`)) own = own.slice(0, -LEAF.length - 1) || "/";
  // A group outside of our cgroup namespace shows as /../x and cannot be reached from here.
  if (own.startsWith("/..")) own = "/";
  const folder = own === "/" ? ROOT : ROOT + own;
  return {
    version: 2,
    mounts: [],
    ...(facts.isKernelRoot(folder) ? {} : { move: { from: folder, to: `${folder}/${LEAF}` } }),
    delegate: folder,
    // At the top dockerd's own default, /docker, is right.
    ...(own === "/" ? {} : { parent: `${own}/docker` }),
  };
}

interface MountedCgroup {
  readonly type: string;
  readonly folder: string;
  readonly options: readonly string[];
}

/** The control group file systems in a /proc/self/mountinfo. */
function cgroupMounts(mountinfo: string): MountedCgroup[] {
  const mounts: MountedCgroup[] = [];
  for (const line of mountinfo.split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    const [type = "", , options = ""] = after.split(" ");
    if (type !== "cgroup" && type !== "cgroup2") continue;
    mounts.push({ type, folder: before.split(" ")[4] ?? "", options: options.split(",") });
  }
  return mounts;
}

function missingHierarchies(membership: string, mounted: readonly MountedCgroup[]): CgroupMount[] {
  const missing: CgroupMount[] = [];
  for (const line of membership.split("\n")) {
    const controllers = line.split(":")[1] ?? "";
    if (controllers === "") continue;
    if (mounted.some((mount) => controllers.split(",").every((name) => mount.options.includes(name)))) {
      continue;
    }
    const named = controllers.startsWith("name=");
    missing.push({
      folder: `${ROOT}/${controllers.replace("name=", "")}`,
      options: named ? `none,${controllers}` : controllers,
    });
  }
  return missing;
}
