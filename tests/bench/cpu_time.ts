/**
 * CPU time of other processes, as the kernel accounts it for each of their threads. The topics of the bench put it beside
 * the times that they measure: it stays comparable on a busy machine.
 */
import { findRole, type Role } from "../support/instance_processes.ts";
import { processesOfInstance } from "../support/process_tree.ts";
import type { WindlassInstance } from "../support/windlass_instance.ts";
import type { CpuUse } from "./measurement.ts";

/** Process ids by the name under which a result lists them. */
export type Processes = Readonly<Record<string, number>>;

/** Nanoseconds by the id of the thread. */
export type ThreadTimes = ReadonlyMap<string, number>;

/** A value together with the CPU seconds of each process while it was measured. */
export interface Metered<Value> {
  readonly value: Value;
  readonly cpuSeconds: Readonly<Record<string, number>>;
}

/** The processes of an instance through which bytes go, and the one that starts and watches them. */
const ROLES: Readonly<Record<string, Role>> = {
  "host": "host",
  "wsl": "link",
  "agent": "agent",
  "wsl service": "wslService",
};

/** How much of the unit of {@linkcode CpuUse} a second is. */
const PER_SECOND: Readonly<Record<CpuUse["per"], number>> = {
  GB: 1,
  start: 1e3,
  request: 1e6,
  connection: 1e6,
};

/** Finds the processes of a running engine. A restart replaces them. */
export async function engineProcesses(instance: WindlassInstance): Promise<Processes> {
  const processes: Record<string, number> = {};
  for (const [name, role] of Object.entries(ROLES)) processes[name] = (await findRole(instance, role)).pid;
  return processes;
}

/** Runs something and meters the processes meanwhile. */
export async function metered<Value>(
  processes: Processes,
  run: () => Promise<Value>,
): Promise<Metered<Value>> {
  const before = await readAll(processes);
  const value = await run();
  const after = await readAll(processes);
  const cpuSeconds = Object.keys(processes).map((name) => [
    name,
    usedSeconds(before.get(name)!, after.get(name)!),
  ]);
  return { value, cpuSeconds: Object.fromEntries(cpuSeconds) };
}

/** CPU seconds that the processes of a running engine have used since each of them began. */
export async function cpuOfStart(instance: WindlassInstance): Promise<Readonly<Record<string, number>>> {
  // Before anything is asked: an answer costs the host CPU time.
  const totals = new Map<number, number>();
  for (const { pid } of await processesOfInstance(instance.home)) {
    totals.set(pid, usedSeconds(new Map(), await readThreads(pid).catch(() => new Map())));
  }
  const processes = Object.entries(await engineProcesses(instance));
  return Object.fromEntries(processes.map(([name, pid]) => [name, totals.get(pid) ?? 0]));
}

/** What the samples of a way used for each unit of work; `work` may depend on what was measured. Pure. */
export function cpuUse<Value>(
  per: CpuUse["per"],
  samples: readonly Metered<Value>[],
  work: (value: Value) => number,
): CpuUse {
  const names = Object.keys(samples[0]?.cpuSeconds ?? {});
  const ofProcess = (name: string) =>
    samples.map(({ value, cpuSeconds }) => cpuSeconds[name]! * PER_SECOND[per] / work(value));
  return { per, processes: Object.fromEntries(names.map((name) => [name, ofProcess(name)])) };
}

/** Seconds that all threads together used; one that has ended meanwhile counts as idle. Pure. */
export function usedSeconds(before: ThreadTimes, after: ThreadTimes): number {
  let nanoseconds = 0;
  for (const [thread, time] of after) nanoseconds += time - (before.get(thread) ?? 0);
  return nanoseconds / 1e9;
}

async function readAll(processes: Processes): Promise<Map<string, ThreadTimes>> {
  const times = new Map<string, ThreadTimes>();
  for (const [name, pid] of Object.entries(processes)) times.set(name, await readThreads(pid));
  return times;
}

async function readThreads(pid: number): Promise<ThreadTimes> {
  const times = new Map<string, number>();
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    // A thread may end between the list and the file.
    const text = await Deno.readTextFile(`/proc/${pid}/task/${name}/schedstat`).catch(() => "");
    if (text !== "") times.set(name, Number(text.split(" ")[0]));
  }
  return times;
}
