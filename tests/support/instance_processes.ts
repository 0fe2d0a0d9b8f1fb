import { type ProcessEntry, processesOfInstance } from "./process_tree.ts";
import type { WindlassInstance } from "./windlass_instance.ts";
import { AGENT_PROGRAM, AGENT_SCRIPT, SHARE_DATA_PROGRAM } from "../../src/agent/protocol/distro_paths.ts";

/** The processes of a running instance that may die on their own. */
export const ROLES = ["host", "agent", "dockerd", "containerd", "link", "dataKeeper", "wslService"] as const;

/** One of {@linkcode ROLES}. */
export type Role = typeof ROLES[number];

/**
 * Finds the process of a role among those of the instance alone.
 *
 * @throws {Error} when there is none, or more than one.
 */
export async function findRole(instance: WindlassInstance, role: Role): Promise<ProcessEntry> {
  const { host } = await instance.status();
  const all = (await processesOfInstance(instance.home)).filter((process) =>
    hasRole(process, role, host.pid)
  );
  // A child looks like its parent until it runs its own program.
  const found = all.filter(({ parent }) => !all.some(({ pid }) => pid === parent));
  if (found.length === 1) return found[0]!;
  const list = found.map((process) => `${process.pid} ${process.arguments.join(" ")}`).join("; ");
  throw new Error(`Cannot find the one ${role} of '${instance.home}': there are ${found.length}: ${list}`);
}

/** Whether a process plays the role in the instance whose host is given (pure). */
export function hasRole(process: ProcessEntry, role: Role, host: number | null): boolean {
  const runs = (word: string) => process.arguments.includes(word);
  switch (role) {
    case "host":
      return process.pid === host;
    case "agent":
      return process.name === "deno" && runs(AGENT_SCRIPT);
    case "dockerd":
      return process.name === "dockerd";
    case "containerd":
      return process.name === "containerd";
    case "link":
      return process.parent === host && runs(AGENT_PROGRAM);
    case "dataKeeper":
      return process.parent === host && runs(SHARE_DATA_PROGRAM);
    case "wslService":
      return runs("--service");
  }
}

/** How many processes of each name the instance has, such as `{ deno: 5, dockerd: 1 }`. */
export async function countProcesses(home: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const process of await processesOfInstance(home)) {
    counts[process.name] = (counts[process.name] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([one], [other]) => one.localeCompare(other)));
}
