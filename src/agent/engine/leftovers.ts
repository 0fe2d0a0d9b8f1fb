import type { Log } from "../../logging/log.ts";
import { AGENT_LIMITS } from "../agent_limits.ts";
import { NEVER, sleep } from "../../timing/sleep.ts";
import { ownPrograms } from "./own_programs.ts";
import { AGENT_SCRIPT, NETWORK_NAMESPACE } from "../protocol/distro_paths.ts";

/** A process of the distro. */
export interface DistroProcess {
  readonly processId: number;
  /** Its network namespace, as /proc names it. */
  readonly network: string;
  readonly commandLine: string;
}

/**
 * The processes of an engine: all that live outside of the network namespace that the distros share, but the
 * agent itself and the programs that it runs for itself. dockerd, containerd, shims and proxies live in the engine's, containers there or in their own,
 * and what else runs in the distro (WSL's own, `docker` commands) in the shared one. Pure.
 */
export function engineProcesses(
  processes: readonly DistroProcess[],
  ours: {
    readonly processId: number;
    readonly programs: ReadonlySet<number>;
    readonly sharedNetwork: string;
  },
): DistroProcess[] {
  return processes.filter(({ processId, network }) =>
    network !== ours.sharedNetwork && processId !== ours.processId && processId !== 1 &&
    !ours.programs.has(processId)
  );
}

/** Whether a process ends the others by itself once told to: a dockerd, or an agent, which ends its own. */
function isInCharge({ commandLine }: DistroProcess): boolean {
  const [program = "", ...rest] = commandLine.split("\0");
  return program.endsWith("/dockerd") || program === "dockerd" || rest.includes(AGENT_SCRIPT);
}

/**
 * Ends what is left of an engine: of a predecessor that was killed or is still leaving, or of a dockerd that died.
 * A dockerd or agent among them first gets as many milliseconds as `grace` says to stop its containers. No signal shortens
 * that: an agent that leaves meanwhile kills what is left. Resolves when none is left; what hangs in the kernel is logged
 * and left behind. Does nothing once a newer agent is running, which does the same to us.
 */
export async function endLeftovers(
  log: Log,
  options: { readonly grace?: () => Promise<number> } = {},
): Promise<void> {
  let left = findEngineProcesses();
  if (left.length === 0) return;
  log("info", "agent.leftovers.found", { processes: left.length });
  let graceEnd = 0;
  if (left.some(isInCharge)) {
    graceEnd = performance.now() + (await options.grace?.() ?? 0);
    for (const process of left.filter(isInCharge)) signalProcess(process, "SIGTERM");
  }
  while (left.some(isInCharge) && performance.now() < graceEnd) {
    await sleep(AGENT_LIMITS.killPollMilliseconds, NEVER);
    left = findEngineProcesses();
  }
  const killEnd = performance.now() + AGENT_LIMITS.killMilliseconds;
  // A process that forks meanwhile is found in the next round.
  for (; left.length > 0 && performance.now() < killEnd; left = findEngineProcesses()) {
    for (const process of left) signalProcess(process, "SIGKILL");
    await sleep(AGENT_LIMITS.killPollMilliseconds, NEVER);
  }
  if (left.length === 0) return;
  const names = left.map(({ processId, commandLine }) => `${processId} ${commandLine.split("\0")[0]}`);
  log("warn", "agent.leftovers.remain", { processes: names.join(", ") });
}

function signalProcess({ processId }: DistroProcess, signal: Deno.Signal): void {
  try {
    Deno.kill(processId, signal);
  } catch {
    // It is gone, which is what was wanted.
  }
}

function findEngineProcesses(): DistroProcess[] {
  const sharedNetwork = networkOf(1);
  // Without knowing the shared namespace everything would look like ours. And once there is a newer agent, what is
  // left of us is its business, as it would be ours to end it.
  if (sharedNetwork === undefined || isSuperseded()) return [];
  return engineProcesses(listProcesses(), { processId: Deno.pid, programs: ownPrograms(), sharedNetwork });
}

/** Whether another agent was started after this one. */
function isSuperseded(): boolean {
  try {
    return networkOf(Deno.pid) !== `net:[${Deno.statSync(NETWORK_NAMESPACE).ino}]`;
  } catch {
    return false;
  }
}

function listProcesses(): DistroProcess[] {
  const processes: DistroProcess[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    const processId = Number(name);
    if (!Number.isInteger(processId)) continue;
    const network = networkOf(processId);
    if (network !== undefined) processes.push({ processId, network, commandLine: commandLineOf(processId) });
  }
  return processes;
}

/** `undefined` for a process that has ended, even if nobody has asked for its status yet. */
function networkOf(processId: number): string | undefined {
  try {
    return Deno.readLinkSync(`/proc/${processId}/ns/net`);
  } catch {
    return undefined;
  }
}

function commandLineOf(processId: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${processId}/cmdline`);
  } catch {
    return "";
  }
}
