/**
 * Measures Windlass against a bare dockerd out of the same root file system, in one run.
 *
 *     deno task bench [--json] [--quick] [TOPIC...]
 *
 * with topics out of start, import, latency, throughput, archives, stalled, ports, memory, windows, update; all without one.
 */
import { parseArgs } from "node:util";
import { openBenchEngines } from "./bench_engines.ts";
import { measureImport } from "./distro_import.ts";
import { measureStart } from "./engine_start.ts";
import { measureArchives } from "./image_archives.ts";
import { formatTable, isMet, type Measurement, toJson } from "./measurement.ts";
import { measureNamedPipe } from "./named_pipe_bench.ts";
import { measurePorts } from "./published_ports.ts";
import { measureLatency } from "./relay_latency.ts";
import { measureThroughput } from "./relay_throughput.ts";
import { measureMemory } from "./resident_memory.ts";
import { measureStalledReader } from "./stalled_reader.ts";
import { measureUpdate } from "./update_bytes.ts";
import { measureUpdateHerd } from "./update_herd.ts";

const TOPICS = [
  "start",
  "import",
  "latency",
  "throughput",
  "archives",
  "stalled",
  "ports",
  "memory",
  "windows",
  "update",
] as const;
type Topic = typeof TOPICS[number];

const { values: flags, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
  },
});
const named = [...flags.only, ...positionals];
const wanted: readonly string[] = named.length === 0 ? TOPICS : named;
const unknown = named.find((name) => !(TOPICS as readonly string[]).includes(name));
if (unknown !== undefined) {
  console.error(`Cannot measure '${unknown}': the topics are ${TOPICS.join(", ")}`);
  Deno.exit(2);
}

const measurements: Measurement[] = [];
await topic("start", () => measureStart(flags.quick));
await topic("import", () => measureImport(flags.quick));
await topic("windows", () => measureNamedPipe(flags.quick));
await topic("update", () => measureUpdate(flags.quick));
await topic("update", () => measureUpdateHerd(flags.quick));
if (
  ["latency", "throughput", "archives", "stalled", "ports", "memory"].some((name) => wanted.includes(name))
) {
  await using engines = await openBenchEngines();
  await topic("memory", () => measureMemory(engines.windlass, "at rest"));
  await topic("latency", () => measureLatency(engines, flags.quick));
  await topic("throughput", () => measureThroughput(engines, flags.quick));
  await topic("archives", () => measureArchives(engines, flags.quick));
  await topic("stalled", () => measureStalledReader(engines, flags.quick));
  await topic("ports", () => measurePorts(engines, flags.quick));
  await topic("memory", () => measureMemory(engines.windlass, "after load"));
}

const machine = { processors: navigator.hardwareConcurrency, kernel: Deno.osRelease(), quick: flags.quick };
console.log(flags.json ? toJson(measurements, machine) : formatTable(measurements));
const missed = measurements.filter((one) => isMet(one) === false);
if (!flags.json) {
  const targets = measurements.filter((one) => one.target).length;
  console.log(`\n${targets - missed.length} of ${targets} targets met`);
}

async function topic(name: Topic, measure: () => Promise<Measurement[]>): Promise<void> {
  if (!wanted.includes(name)) return;
  const begun = performance.now();
  console.error(`measuring ${name} ...`);
  try {
    measurements.push(...await measure());
  } catch (error) {
    // The others are worth having all the same.
    console.error(`Cannot measure ${name}: ${(error as Error).message}`);
    Deno.exitCode = 1;
  }
  console.error(`measured ${name} in ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
}
