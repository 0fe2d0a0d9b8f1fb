/** What a run of the bench found, as `docs/performance.json` keeps it: every value of every round. */
import type { MachineLoad } from "./machine_load.ts";
import type { Measurement } from "./measurement.ts";

/** The result of one topic. */
export interface TopicResult {
  /** ISO date and minute of its end, in UTC. */
  readonly date: string;
  readonly machine: { readonly processors: number; readonly kernel: string };
  readonly load: { readonly before: MachineLoad; readonly after: MachineLoad };
  readonly measurements: readonly Measurement[];
}

/** Topics by name. A later run of some topics replaces these and keeps the others. */
export type Results = Readonly<Record<string, TopicResult>>;

/** Digits that are kept of a value: more than any measurement is good for. */
const DIGITS = 5;

/** The older results with the newer ones, in the order of the topics. Pure. */
export function mergeResults(older: Results, newer: Results, order: readonly string[]): Results {
  const merged: Record<string, TopicResult> = {};
  for (const topic of order) {
    const result = newer[topic] ?? older[topic];
    if (result) merged[topic] = result;
  }
  return merged;
}

/** As JSON with one line per list of values, so that a change of it can be read. Pure. */
export function formatResults(results: Results): string {
  const text = JSON.stringify(
    results,
    (_, value) => typeof value === "number" ? Number(value.toPrecision(DIGITS)) : value,
    2,
  );
  return `${
    text.replaceAll(/\[[\s\d.,eE+-]*\]/g, (list) =>
      list.replaceAll(/\s+/g, " ").replace("[ ", "[").replace(" ]", "]"))
  }\n`;
}
