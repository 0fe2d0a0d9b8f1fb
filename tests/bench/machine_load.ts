import { pause } from "../support/eventually.ts";

/** Until our own engines have come to rest, and how long the machine is watched then. */
const SETTLE_MILLISECONDS = 1_000;
const WATCHED_MILLISECONDS = 1_000;
/** Below this share of busy processors, others do not change what is measured. */
const IDLE_SHARE = 0.1;

/** How busy a machine was with the work of others, while the bench waited. */
export interface MachineLoad {
  /** The load average of the last minute, which the bench itself is part of. */
  readonly average: number;
  /** Share of all processors that was busy while the bench did nothing. */
  readonly busyShare: number;
}

/** Watches the machine while the caller does nothing. */
export async function watchLoad(): Promise<MachineLoad> {
  await pause(SETTLE_MILLISECONDS);
  const before = parseProcessorTimes(await Deno.readTextFile("/proc/stat"));
  await pause(WATCHED_MILLISECONDS);
  const after = parseProcessorTimes(await Deno.readTextFile("/proc/stat"));
  const total = after.total - before.total;
  return { average: Deno.loadavg()[0]!, busyShare: total === 0 ? 0 : 1 - (after.idle - before.idle) / total };
}

/** Whether nothing else ran before and after. Pure. */
export function wasIdle(...loads: readonly MachineLoad[]): boolean {
  return loads.every(({ busyShare }) => busyShare <= IDLE_SHARE);
}

/** Ticks of all processors since the boot. Pure. */
export function parseProcessorTimes(stat: string): { idle: number; total: number } {
  // user nice system idle iowait irq softirq steal; guest times are part of user.
  const ticks = stat.split("\n")[0]!.trim().split(/\s+/).slice(1, 9).map(Number);
  return { idle: ticks[3]! + ticks[4]!, total: ticks.reduce((sum, count) => sum + count, 0) };
}
