import type { CgroupMount } from "./cgroup_layout.ts";
import type { DistroSettings } from "./settings.ts";

/** A device node of a distro's /dev. */
export interface DeviceNode {
  readonly kind: "c" | "b";
  readonly mode: number;
  readonly major: number;
  readonly minor: number;
  /** Below /dev. */
  readonly path: string;
}

/** What the plan of a distro depends on. */
export interface MountPlanInput {
  readonly settings: DistroSettings;
  /** Used when the distro's settings name none. */
  readonly hostname: string;
  readonly cgroups: readonly CgroupMount[];
  /** Beyond the standard ones, which are always made. */
  readonly devices: readonly DeviceNode[];
}

const STANDARD_DEVICES: readonly DeviceNode[] = [
  { kind: "c", mode: 0o666, major: 1, minor: 3, path: "null" },
  { kind: "c", mode: 0o666, major: 1, minor: 5, path: "zero" },
  { kind: "c", mode: 0o666, major: 1, minor: 7, path: "full" },
  { kind: "c", mode: 0o666, major: 1, minor: 8, path: "random" },
  { kind: "c", mode: 0o666, major: 1, minor: 9, path: "urandom" },
  { kind: "c", mode: 0o666, major: 5, minor: 0, path: "tty" },
];

const DEVICE_LINKS = [
  ["/proc/self/fd", "/dev/fd"],
  ["/proc/self/fd/0", "/dev/stdin"],
  ["/proc/self/fd/1", "/dev/stdout"],
  ["/proc/self/fd/2", "/dev/stderr"],
  ["pts/ptmx", "/dev/ptmx"],
] as const;

/** Where the helper leaves the shared root while the plan runs. */
const SHARED_ROOT = "/proc";

/**
 * The steps, one a line with fields cut by tabs, that the native helper takes as pid 1 once it is in the
 * distro's root, before any program runs:
 *
 *     folder MODE PATH             makes a folder and those above it; one that is there stays as it is
 *     mount TYPE PATH FLAGS DATA   mounts a new file system
 *     bind FROM PATH               binds FROM with all that is mounted below it
 *     share PATH                   lets mounts made below PATH appear in namespaces copied from this one
 *     host PATH                    attaches the host's own files
 *     release PATH                 unmounts
 *     hide PATH                    unmounts all there and mounts an empty read-only folder; fine when PATH is missing
 *     node KIND MODE MAJOR MINOR PATH, link TARGET PATH, file MODE PATH TEXT, hostname NAME
 *     unlink TARGET PATH           removes the link PATH if it points to TARGET
 *
 * Any step that fails ends the start of the distro, with the step named.
 */
export function mountPlan(input: MountPlanInput): string {
  const { settings } = input;
  const shared = `${settings.automountRoot}wsl`;
  const hostname = hostNameOf(settings.hostname ?? input.hostname);
  const steps: (readonly (string | number)[])[] = [
    // While the shared root is still at hand; a bind joins it to the mounts of all other distros.
    ["folder", "755", shared],
    ["bind", `${SHARED_ROOT}/wsl`, shared],
    ...(settings.automount ? driveSteps(driveRoot(settings)) : []),
    ["release", SHARED_ROOT],

    ["mount", "proc", "/proc", "nosuid,nodev,noexec", ""],
    ["folder", "555", "/sys"],
    ["mount", "sysfs", "/sys", "nosuid,nodev,noexec", ""],
    ...cgroupSteps(input.cgroups),
    ...deviceSteps(input.devices),
    ["folder", "755", "/run"],
    ["mount", "tmpfs", "/run", "nosuid,nodev", "mode=755"],
    ["folder", "1777", "/run/lock"],
    ["folder", "755", "/run/WSL"],
    // For wslpath, which has no other way to know.
    ...(settings.automount
      ? [["file", "644", "/run/WSL/drive", escapeText(`${driveRoot(settings)}\n`)]]
      : []),
    ["folder", "1777", "/tmp"],
    ...["/proc", "/sys", "/dev", "/run"].map((path) => ["share", path]),

    ["hostname", hostname],
    ["folder", "755", "/etc"],
    ["file", "644", "/etc/hostname", escapeText(`${hostname}\n`)],
    ...(settings.generateHosts ? [["file", "644", "/etc/hosts", escapeText(hostsFile(hostname))]] : []),
    [settings.generateResolvConf ? "link" : "unlink", `${shared}/resolv.conf`, "/etc/resolv.conf"],
  ];
  return steps.map((step) => `${step.join("\t")}\n`).join("") + "end\n";
}

/** Where a distro sees the files of the host. */
export function driveRoot(settings: DistroSettings): string {
  return `${settings.automountRoot}c`;
}

/**
 * Not files of the host but its kernel: a container engine that finds a second cgroup tree may use that one. Nor is
 * what lies on the host's disk beneath the mounts ever seen or written.
 */
const KERNEL_FOLDERS = ["proc", "sys", "dev"];

function driveSteps(root: string): (string | number)[][] {
  return [
    ["folder", "755", root],
    ["host", root],
    ...KERNEL_FOLDERS.map((folder) => ["hide", `${root}/${folder}`]),
  ];
}

function cgroupSteps(mounts: readonly CgroupMount[]): (string | number)[][] {
  const steps: (string | number)[][] = [];
  if (mounts.some((mount) => mount.folder !== "")) {
    steps.push(["mount", "tmpfs", "/sys/fs/cgroup", "nosuid,nodev,noexec", "mode=755"]);
  }
  for (const { folder, type, options, links } of mounts) {
    const path = folder === "" ? "/sys/fs/cgroup" : `/sys/fs/cgroup/${folder}`;
    if (folder !== "") steps.push(["folder", "755", path]);
    steps.push(["mount", type, path, "nosuid,nodev,noexec", options]);
    for (const link of links) steps.push(["link", folder, `/sys/fs/cgroup/${link}`]);
  }
  return steps;
}

function deviceSteps(devices: readonly DeviceNode[]): (string | number)[][] {
  const nodes = [...STANDARD_DEVICES, ...devices];
  const folders = new Set(
    nodes.filter(({ path }) => path.includes("/")).map(({ path }) => path.slice(0, path.lastIndexOf("/"))),
  );
  return [
    ["folder", "755", "/dev"],
    ["mount", "tmpfs", "/dev", "nosuid,noexec", "mode=755"],
    ...[...folders].map((folder) => ["folder", "755", `/dev/${folder}`]),
    ...nodes.map(({ kind, mode, major, minor, path }) => [
      "node",
      kind,
      mode.toString(8),
      major,
      minor,
      `/dev/${path}`,
    ]),
    ["folder", "755", "/dev/pts"],
    ["mount", "devpts", "/dev/pts", "nosuid,noexec", "newinstance,ptmxmode=0666,mode=0620,gid=5"],
    ["folder", "1777", "/dev/shm"],
    ["mount", "tmpfs", "/dev/shm", "nosuid,nodev", "mode=1777"],
    ["folder", "1777", "/dev/mqueue"],
    ["mount", "mqueue", "/dev/mqueue", "nosuid,nodev,noexec", ""],
    ...DEVICE_LINKS.map((link) => ["link", ...link]),
  ];
}

/** What the kernel and /etc/hosts both take as one name. */
function hostNameOf(name: string): string {
  return name.replace(/[^a-zA-Z0-9.-]/g, "-").slice(0, 64) || "localhost";
}

function hostsFile(hostname: string): string {
  return "# Written at every start of this distribution; [network] generateHosts=false in /etc/wsl.conf stops that.\n" +
    `127.0.0.1\tlocalhost\n127.0.1.1\t${hostname}\n::1\tip6-localhost ip6-loopback localhost\n`;
}

/** Text as a field: tabs are only field ends in the plan's own lines, so they become blanks. */
function escapeText(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\t", " ").replaceAll("\n", "\\n");
}
