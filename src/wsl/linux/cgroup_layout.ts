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
  const own = ownGroups.split("\n").flatMap((line) => {
    const [, names, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    return names === undefined || path === undefined ? [] : [{ names, path }];
  });
  const hierarchies = own.filter(({ names }) => names !== "").flatMap(({ names, path }) =>
    versionOne(mounts, names, path)
  );
  const unified = mounts.find(({ type }) => type === "cgroup2");
  const place = own.find(({ names }) => names === "");
  if (unified === undefined || place === undefined) return hierarchies;
  const only = hierarchies.length === 0;
  const parent = only ? unified.point : ownFolder(unified, place.path);
  return [...hierarchies, { folder: only ? "" : "unified", version: 2, options: "", links: [], parent }];
}

function versionOne(mounts: readonly MountedHierarchy[], names: string, path: string): CgroupHierarchy[] {
  const parts = names.split(",");
  const mount = mounts.find(({ type, superOptions }) =>
    type === "cgroup" && parts.every((part) => superOptions.includes(part))
  );
  if (mount === undefined) return [];
  const named = /^name=(.+)$/.exec(names)?.[1];
  return [{
    folder: named ?? names,
    version: 1,
    options: named === undefined ? names : `none,${names}`,
    links: parts.length > 1 ? parts : [],
    parent: ownFolder(mount, path),
  }];
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
