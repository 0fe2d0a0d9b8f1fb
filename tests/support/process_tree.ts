import { join } from "node:path";

/** One process of the machine. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** The kernel's name of it, at most 15 characters. */
  readonly name: string;
  readonly arguments: readonly string[];
}

/** Every process that can be seen; those that end while the list is made are left out. */
export async function listProcesses(): Promise<ProcessEntry[]> {
  const entries: ProcessEntry[] = [];
  for await (const entry of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(entry.name)) continue;
    const process = await readProcess(Number(entry.name));
    if (process) entries.push(process);
  }
  return entries;
}

async function readProcess(pid: number): Promise<ProcessEntry | undefined> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    // The name is in parentheses and may hold any character, a closing parenthesis too.
    const end = stat.lastIndexOf(")");
    const [state, parent] = stat.slice(end + 2).split(" ");
    if (state === "Z") return undefined;
    const commandLine = await Deno.readTextFile(`/proc/${pid}/cmdline`);
    return {
      pid,
      parent: Number(parent),
      name: stat.slice(stat.indexOf("(") + 1, end),
      arguments: commandLine.split("\0").slice(0, -1),
    };
  } catch {
    return undefined;
  }
}

/** The processes below `root`, itself not among them (pure). */
export function descendants(processes: readonly ProcessEntry[], root: number): ProcessEntry[] {
  const found: ProcessEntry[] = [];
  const parents = new Set([root]);
  let grown = true;
  while (grown) {
    grown = false;
    for (const process of processes) {
      if (parents.has(process.pid) || !parents.has(process.parent)) continue;
      parents.add(process.pid);
      found.push(process);
      grown = true;
    }
  }
  return found;
}

/** A variable of a process' environment as it was at its start; `undefined` for a process that has ended too. */
export async function environmentOf(pid: number, name: string): Promise<string | undefined> {
  const text = await Deno.readTextFile(`/proc/${pid}/environ`).catch(() => "");
  return text.split("\0").find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** The identity of a process' namespace, such as `net:[4026531840]`. */
export async function namespaceOf(pid: number, kind: "mnt" | "net" | "pid"): Promise<string | undefined> {
  return await Deno.readLink(join("/proc", String(pid), "ns", kind)).catch(() => undefined);
}

/**
 * All processes of the instance whose state is in `home`: those started with that `WINDLASS_HOME`, all below
 * them, and all that share a process namespace with one of these.
 */
export async function processesOfInstance(home: string): Promise<ProcessEntry[]> {
  const all = await listProcesses();
  const own = await namespaceOf(Deno.pid, "pid");
  const roots = new Set<number>();
  for (const process of all) {
    if (process.pid === Deno.pid) continue;
    if (await environmentOf(process.pid, "WINDLASS_HOME") === home) roots.add(process.pid);
    else if (process.arguments.some((argument) => argument.startsWith(`${home}/`))) roots.add(process.pid);
  }
  for (const root of [...roots]) for (const process of descendants(all, root)) roots.add(process.pid);
  const namespaces = new Set<string>();
  for (const pid of roots) {
    const namespace = await namespaceOf(pid, "pid");
    if (namespace && namespace !== own) namespaces.add(namespace);
  }
  const members = await Promise.all(all.map(async (process) => {
    const namespace = await namespaceOf(process.pid, "pid");
    return roots.has(process.pid) || (namespace !== undefined && namespaces.has(namespace));
  }));
  return all.filter((_, index) => members[index]);
}
