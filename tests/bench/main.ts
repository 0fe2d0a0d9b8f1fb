/**
 * Measures Windlass against a bare dockerd out of the same root file system, and against plain copiers of bytes on the
 * same way, in one run. Needs root and `dist/windlass`.
 *
 *     deno task bench [--quick] [--json FILE] [--write] [--all | TOPIC...]
 *
 * `topics.ts` lists the topics. Without one, those run that end within a quarter of an hour together. `--json` keeps the values of all rounds in a file. `--write` puts them into
 * `docs/performance.json`, in place of earlier results of the same topics, and writes the tables of
 * `docs/performance.md` again.
 */
import { parseArgs } from "node:util";
import { openBenchEngines } from "./bench_engines.ts";
import { listenForInterruption, refuseAfterInterruption } from "./interruption.ts";
import { watchLoad } from "./machine_load.ts";
import { isMet, type Measurement, refuseUnmeasured } from "./measurement.ts";
import { writePerformance } from "./performance_files.ts";
import { COLUMNS, markdownTable, tableRow } from "./result_table.ts";
import { formatResults, type TopicResult } from "./results.ts";
import { ENGINE_TOPICS, OWN_TOPICS, TOPICS, USUAL_TOPICS } from "./topics.ts";

const { values: flags, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    all: { type: "boolean", default: false },
    json: { type: "string" },
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
await refuseWhatCannotWork();
listenForInterruption();
const wanted = flags.all ? TOPICS : positionals.length === 0 ? USUAL_TOPICS : positionals;
const results: Record<string, TopicResult> = {};

for (const [name, measure] of Object.entries(OWN_TOPICS)) await runTopic(name, () => measure(flags.quick));
if (Object.keys(ENGINE_TOPICS).some((name) => wanted.includes(name))) await runEngineTopics();
report(Object.values(results).flatMap(({ measurements }) => measurements));

/** Before minutes have been spent. */
async function refuseWhatCannotWork(): Promise<void> {
  const unknown = positionals.find((name) => !TOPICS.includes(name));
  const problem = unknown !== undefined
    ? `Cannot measure '${unknown}': the topics are ${TOPICS.join(", ")}`
    : flags.quick && flags.write
    ? "Cannot write docs/performance.md: a quick run has too few rounds"
    : Deno.uid() !== 0
    ? "Cannot measure: engines need namespaces and mounts, so run it as root"
    : undefined;
  if (problem !== undefined) {
    console.error(problem);
    Deno.exit(2);
  }
  try {
    await keepResults({});
  } catch (error) {
    console.error(`Cannot keep results: ${(error as Error).message}`);
    Deno.exit(2);
  }
}

/** After each topic, so that what ends the bench does not take the results with it. */
async function keepResults(results: Readonly<Record<string, TopicResult>>): Promise<void> {
  if (flags.json !== undefined) await Deno.writeTextFile(flags.json, formatResults(results));
  if (flags.write) await writePerformance(results, TOPICS);
}

/** On engines that start once for all of them. */
async function runEngineTopics(): Promise<void> {
  try {
    refuseAfterInterruption();
    await using engines = await openBenchEngines();
    for (const [name, measure] of Object.entries(ENGINE_TOPICS)) {
      await runTopic(name, () => measure(engines, flags.quick));
    }
  } catch (error) {
    fail(`Cannot start or end the engines: ${(error as Error).message}`);
  }
}

async function runTopic(name: string, measure: () => Promise<Measurement[]>): Promise<void> {
  if (!wanted.includes(name)) return;
  const begun = performance.now();
  console.error(`measuring ${name} ...`);
  try {
    refuseAfterInterruption();
    const before = await watchLoad();
    const measurements = await measure();
    refuseUnmeasured(measurements);
    const after = await watchLoad();
    results[name] = {
      date: new Date().toISOString().slice(0, 16).replace("T", " "),
      machine: { processors: navigator.hardwareConcurrency, kernel: Deno.osRelease() },
      load: { before, after },
      measurements,
    };
    await keepResults(results);
  } catch (error) {
    // The other topics are worth having all the same; this one keeps its earlier result.
    fail(`Cannot measure ${name}: ${(error as Error).message}`);
  }
  console.error(`measured ${name} in ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
}

function fail(message: string): void {
  console.error(message);
  Deno.exitCode ||= 1;
}

function report(measurements: readonly Measurement[]): void {
  if (measurements.length === 0) return;
  console.log(markdownTable([COLUMNS, ...measurements.map(tableRow)]));
  const verdicts = measurements.map(isMet);
  const targets = verdicts.filter((met) => met !== undefined);
  console.log(`\n${targets.filter((met) => met).length} of ${targets.length} targets met`);
}
