import { type Machine, THIS_MACHINE } from "./company_network/machine.ts";
import { statePaths } from "../../src/wsl/linux/state_paths.ts";

/** One file for each instance of this machine that has packets forwarded. */
const FORWARDING = "/run/windlass/forwarding";

/** All that one instance could leave on a host: mounts, interfaces, rules, cgroups, forwarding, processes. */
export async function hostTraces(home: string): Promise<string[]> {
  const traces = await kernelTraces(home);
  for await (const entry of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(entry.name)) continue;
    const read = (name: string) => Deno.readTextFile(`/proc/${entry.name}/${name}`).catch(() => "");
    if (`${await read("cmdline")}${await read("environ")}`.includes(home)) {
      traces.push(`process ${await read("cmdline")}`);
    }
  }
  return traces.sort();
}

/** As {@linkcode hostTraces}, without processes: what outlives them, and a restart of the machine alone would remove. */
export async function kernelTraces(home: string, machine: Machine = THIS_MACHINE): Promise<string[]> {
  const { id } = statePaths({ WINDLASS_HOME: home });
  const run = async (...command: string[]) => {
    const [tool, ...args] = machine.enter(command);
    const output = await new Deno.Command(tool!, { args, stderr: "null" }).output();
    return new TextDecoder().decode(output.stdout).split("\n");
  };
  const traces = [
    // The home itself may be a mount of the test's own.
    ...(await run("cat", "/proc/self/mountinfo"))
      .filter((line) => line.includes(`${home}/`)),
    ...(await run("ip", "-brief", "link")).filter((line) => line.startsWith(`wl${id}`)).map(() =>
      `interface ${id}`
    ),
    // Without counters: two lists of the same rules are equal then.
    ...(await run("nft", "--stateless", "list", "ruleset")).filter((line) => line.includes(id)),
    ...(await run("find", "/sys/fs/cgroup", "-type", "d", "-name", `windlass-${id}`)),
    ...(await run("ls", FORWARDING)).filter((name) => name === id).map(() => `forwarding ${id}`),
  ];
  return traces.filter((trace) => trace !== "").sort();
}

/** The instances that have packets forwarded. The folder exists once any instance on this host has run a distro. */
export function forwardingUsers(): string[] {
  try {
    return [...Deno.readDirSync(FORWARDING)].map(({ name }) => name);
  } catch {
    return [];
  }
}
