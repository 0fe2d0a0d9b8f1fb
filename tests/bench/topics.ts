import type { BenchEngines } from "./bench_engines.ts";
import { measureImport } from "./distro_import.ts";
import { measureStart } from "./engine_start.ts";
import { measureGrowth } from "./growth.ts";
import { measureArchives } from "./image_archives.ts";
import { measureMemoryAfterLoad } from "./memory_after_load.ts";
import type { Measurement } from "./measurement.ts";
import { measureNamedPipe } from "./named_pipe_bench.ts";
import { measureNetwork } from "./network.ts";
import { measurePorts } from "./published_ports.ts";
import { measureLatency } from "./relay_latency.ts";
import { measureThroughput } from "./relay_throughput.ts";
import { measureRecovery } from "./recovery.ts";
import { measureMemory } from "./resident_memory.ts";
import { measureStalledReader } from "./stalled_reader.ts";
import { measureUpdate } from "./update_bytes.ts";
import { measureUpdateHerd } from "./update_herd.ts";
import { measureWorkspaceRelay } from "./workspace_relay.ts";
import { measureWorkspaces } from "./workspaces.ts";

/** Topics that start what they measure. `quick` asks for few rounds and little work. */
export const OWN_TOPICS: Readonly<Record<string, (quick: boolean) => Promise<Measurement[]>>> = {
  start: measureStart,
  import: measureImport,
  memory: measureMemory,
  "memory-after-load": measureMemoryAfterLoad,
  growth: measureGrowth,
  recovery: measureRecovery,
  windows: measureNamedPipe,
  workspaces: measureWorkspaces,
  update: measureUpdate,
  "update-checks": measureUpdateHerd,
  network: measureNetwork,
};

/** Topics that compare engines which one run starts once. */
export const ENGINE_TOPICS: Readonly<
  Record<string, (engines: BenchEngines, quick: boolean) => Promise<Measurement[]>>
> = {
  latency: measureLatency,
  throughput: measureThroughput,
  archives: measureArchives,
  stalled: measureStalledReader,
  ports: measurePorts,
  "workspace-relay": measureWorkspaceRelay,
};

/** All topics, in the order in which results are listed. */
export const TOPICS: readonly string[] = [...Object.keys(OWN_TOPICS), ...Object.keys(ENGINE_TOPICS)];

/** Topics that take longer than all others together: they wait for minutes, or repeat what takes minutes. */
const LONG_TOPICS: readonly string[] = ["memory-after-load", "growth", "update"];

/** Topics of a run that names none. */
export const USUAL_TOPICS: readonly string[] = TOPICS.filter((topic) => !LONG_TOPICS.includes(topic));
