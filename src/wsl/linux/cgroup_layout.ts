/** One cgroup hierarchy of the host. */
export interface CgroupHierarchy {
  /** Name of its folder below /sys/fs/cgroup in a distro; empty for the only, unified one. */
  readonly folder: string;
  readonly version: 1 | 2;
  /** Mount options of version 1, which also name it. */
  readonly options: string;
  /** Further names under which programs expect it, as `cpu` for `cpu,cpuacct`. */
  readonly links: readonly string[];
  /** Folder of the host, in which our own subtree is made. */
  readonly parent: string;
}

/** A cgroup file system as a distro mounts it. */
export interface CgroupMount {
  readonly folder: string;
  readonly type: "cgroup" | "cgroup2";
  readonly options: string;
  readonly links: readonly string[];
}

interface MountedHierarchy {
  readonly root: string;
  readonly point: string;
  readonly type: string;
  readonly superOptions: readonly string[];
}

/**
 * The hierarchies of a host, from the texts of /proc/self/cgroup and /proc/self/mountinfo. Pure.
 *
 * Version 1: our subtree lies below this process's own group, so that limits set on it hold for the distros
 * too. Version 2: below the top, because a group that holds processes cannot give controllers to its children.
 * A hierarchy that is mounted nowhere is left out.
 */
export function cgroupHierarchies(ownGroups: string, mountInfo: string): CgroupHierarchy[] {
  const mounts = mountInfo.split("\n").flatMap(parseMount);
  const hierarchies: CgroupHierarchy[] = [];
  const lines = ownGroups.split("\n").filter((line) => line !== "");
  const unifiedOnly = lines.every((line) => line.startsWith("0::"));
  for (const line of lines) {
    const [, names, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (names === undefined || path === undefined) continue;
    if (names === "") {
      const mount = mounts.find(({ type }) => type === "cgroup2");
      if (mount === undefined) continue;
      const parent = unifiedOnly ? mount.point : ownFolder(mount, path);
      hierarchies.push({ folder: unifiedOnly ? "" : "unified", version: 2, options: "", links: [], parent });
      continue;
    }
    const parts = names.split(",");
    const mount = mounts.find(({ type, superOptions }) =>
      type === "cgroup" && parts.every((part) => superOptions.includes(part))
    );
    if (mount === undefined) continue;
    const named = parts.length === 1 ? /^name=(.+)$/.exec(names) : null;
    hierarchies.push({
      folder: named === null ? names : named[1] as string,
      version: 1,
      options: named === null ? names : `none,${names}`,
      links: parts.length > 1 ? parts : [],
      parent: ownFolder(mount, path),
    });
  }
  return hierarchies;
}

/** What a distro mounts of a hierarchy: inside its cgroup namespace, only our subtree is to be seen. */
export function cgroupMount({ folder, version, options, links }: CgroupHierarchy): CgroupMount {
  return { folder, type: version === 2 ? "cgroup2" : "cgroup", options, links };
}

function parseMount(line: string): MountedHierarchy[] {
  const [front, back] = line.split(" - ");
  const [, , , root, point] = front?.split(" ") ?? [];
  const [type, , superOptions] = back?.split(" ") ?? [];
  if (root === undefined || point === undefined || type === undefined || !type.startsWith("cgroup")) {
    return [];
  }
  return [{ root, point, type, superOptions: superOptions?.split(",") ?? [] }];
}

function ownFolder(mount: MountedHierarchy, path: string): string {
  const root = mount.root === "/" ? "" : mount.root;
  const inside = path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : "";
  return inside === "" || inside === "/" || inside.startsWith("/..") ? mount.point : mount.point + inside;
}
