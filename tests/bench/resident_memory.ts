/** What a user sees of Windlass in `top` and `free`, from a host that has never started its engine to ten containers. */
import { startBareHost } from "../support/bare_host.ts";
import { openDockerClient } from "../support/docker_client.ts";
import { eventually, pause } from "../support/eventually.ts";
import { hasRole } from "../support/instance_processes.ts";
import { type ProcessEntry, processesOfInstance } from "../support/process_tree.ts";
import { importTestImage, TEST_IMAGE } from "../support/test_image.ts";
import { startWindlass } from "../support/windlass_instance.ts";
import type { Measurement } from "./measurement.ts";
import { memoryOf, type ProcessMemory } from "./process_memory.ts";

/** Everything is at rest this long after the last work. */
const REST_MILLISECONDS = 60_000;
const CONTAINERS = 10;
const IDLE_TIMEOUT = "5s";

/** Processes that belong together in the table. */
export type Part = "host" | "agent" | "wsl service" | "helpers" | "dockerd" | "containerd and shims";

/** Megabytes that a part may have mapped: the host less, as long as there is no engine. */
const LIMITS: Readonly<Partial<Record<Part, { readonly running: number; readonly stopped: number }>>> = {
  host: { running: 75, stopped: 60 },
  agent: { running: 50, stopped: 50 },
  "wsl service": { running: 50, stopped: 50 },
};

/** Measures each situation in an instance at rest. */
export async function measureMemory(_quick: boolean): Promise<Measurement[]> {
  const results: Measurement[] = [];
  {
    await using bare = await startBareHost();
    results.push(...await inspect("engine never started", bare.instance.home, bare.address.pid, "stopped"));
  }
  await using windlass = await startWindlass();
  const host = (await windlass.status()).host.pid;
  results.push(...await inspect("engine up", windlass.home, host, "running"));
  await using docker = await openDockerClient(windlass.dockerHost);
  await importTestImage(docker);
  const names = Array.from({ length: CONTAINERS }, (_, index) => `box-${index}`);
  for (const name of names) {
    await docker.run(["run", "--detach", "--name", name, TEST_IMAGE, "sleep", "1000000"]);
  }
  results.push(...await inspect("ten containers", windlass.home, host, "running"));
  await docker.run(["rm", "--force", ...names]);
  await windlass.run(["settings", "set", "engine.idleTimeout", IDLE_TIMEOUT]);
  await eventually(async () => {
    const { state } = (await windlass.status()).engine;
    if (state !== "stopped") throw new Error(`Cannot measure: the engine is ${state} instead of asleep`);
  }, REST_MILLISECONDS);
  results.push(...await inspect("engine asleep", windlass.home, host, "stopped"));
  return results;
}

async function inspect(
  situation: string,
  home: string,
  host: number | null,
  engine: "running" | "stopped",
): Promise<Measurement[]> {
  await pause(REST_MILLISECONDS);
  const groups = partsOf(await processesOfInstance(home), host);
  const results: Measurement[] = [];
  for (const [part, pids] of groups) {
    const memory = await memoryOf(pids);
    const amount = LIMITS[part]?.[engine];
    const resident = line(`${situation}: ${part}, resident`, memory.resident);
    results.push(amount === undefined ? resident : { ...resident, target: { kind: "atMost", amount } });
    results.push(line(`${situation}: ${part}, private`, memory.private));
  }
  const all: ProcessMemory = await memoryOf([...groups.values()].flat());
  return [...results, line(`${situation}: all of it, shared pages counted once`, all.proportional)];
}

function line(name: string, value: number): Measurement {
  return { name, unit: "MB", rounds: [value] };
}

/** The processes of an instance by part; what containers run is not among them. Pure. */
export function partsOf(processes: readonly ProcessEntry[], host: number | null): Map<Part, number[]> {
  const shims = new Set(
    processes.filter(({ name }) => name.startsWith("containerd-shim")).map(({ pid }) => pid),
  );
  const parts = new Map<Part, number[]>();
  for (const process of processes) {
    if (shims.has(process.parent)) continue;
    const part = partOf(process, host);
    parts.set(part, [...parts.get(part) ?? [], process.pid]);
  }
  return parts;
}

function partOf(process: ProcessEntry, host: number | null): Part {
  if (hasRole(process, "host", host)) return "host";
  if (hasRole(process, "agent", host)) return "agent";
  if (hasRole(process, "wslService", host)) return "wsl service";
  if (hasRole(process, "dockerd", host)) return "dockerd";
  return process.name.startsWith("containerd") ? "containerd and shims" : "helpers";
}
