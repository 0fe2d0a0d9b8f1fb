/** The texts that describe what a kernel can do. */
export interface KernelFacts {
  /** /proc/filesystems */
  readonly filesystems: string;
  /** Names in /proc/self/ns */
  readonly namespaces: readonly string[];
  /** Whether the file that a kernel feature provides exists. */
  exists(path: string): boolean;
}

const FILE_SYSTEMS = [
  ["overlay", "images and containers would be stored as full copies"],
  ["tmpfs", "containers have no /dev/shm"],
  ["mqueue", "containers have no /dev/mqueue"],
] as const;

const FEATURES = [
  ["/proc/sys/net/ipv4/ip_forward", "IPv4 forwarding", "containers reach no network"],
  ["/proc/sys/net/netfilter", "connection tracking", "containers reach no network and publish no port"],
  ["/sys/fs/cgroup", "control groups", "no container can be started"],
  ["/proc/sys/kernel/seccomp", "seccomp filters", "containers run without their system call filter"],
] as const;

const NAMESPACES = ["mnt", "net", "pid", "ipc", "uts", "user"] as const;

/**
 * What a kernel lacks of the things that Docker needs, one sentence each. A feature that comes as a module and is
 * not loaded yet may be listed although Docker will load it: so this is for the log, and stops nothing. Pure.
 */
export function kernelProblems(facts: KernelFacts): string[] {
  const known = new Set(facts.filesystems.split("\n").map((line) => line.split("\t").at(-1)));
  return [
    ...FILE_SYSTEMS.filter(([name]) => !known.has(name)).map(([name, loss]) =>
      sentence(`the ${name} file system`, loss)
    ),
    ...NAMESPACES.filter((name) => !facts.namespaces.includes(name)).map((name) =>
      sentence(`${name} namespaces`, "no container can be started")
    ),
    ...FEATURES.filter(([path]) => !facts.exists(path)).map(([, name, loss]) => sentence(name, loss)),
  ];
}

function sentence(feature: string, loss: string): string {
  return `The kernel offers no ${feature.replace(/^the /, "")}: ${loss}`;
}

/** The problems of the kernel that this process runs on. */
export function readKernelProblems(): string[] {
  return kernelProblems({
    filesystems: Deno.readTextFileSync("/proc/filesystems"),
    namespaces: [...Deno.readDirSync("/proc/self/ns")].map(({ name }) => name),
    exists: (path) => {
      try {
        Deno.statSync(path);
        return true;
      } catch {
        return false;
      }
    },
  });
}
