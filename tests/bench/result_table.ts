import { type Baseline, type CpuUse, isMet, type Measurement, ratios, type Target } from "./measurement.ts";
import { type Spread, spread } from "./statistics.ts";

const CPU_UNITS: Readonly<Record<CpuUse["per"], string>> = {
  GB: "s",
  start: "ms",
  request: "µs",
  connection: "µs",
};

/** The columns of a table of results. */
export const COLUMNS = ["", "Windlass", "baseline", "ratio", "target", "", "CPU"] as const;

/** One line of a table: what was measured, with median and quartiles. Pure. */
export function tableRow(measurement: Measurement): string[] {
  const { name, unit, rounds, baseline, cpu } = measurement;
  const ofUnit = unit === "count" ? "" : ` ${unit}`;
  return [
    name,
    spreadText(spread(rounds), digits, ofUnit),
    baseline ? `${spreadText(spread(baseline.rounds), digits, ofUnit)}, ${baseline.name}` : "",
    baseline ? spreadText(spread(ratios(measurement)), ratioDigits) : "",
    targetText(measurement),
    verdict(measurement),
    cpu ? cpuText(cpu, baseline) : "",
  ];
}

/** The target in words, such as "≤ 1.3 × bare". Pure. */
export function targetText({ unit, baseline, target }: Measurement): string {
  if (!target) return "";
  const times = (sign: string, { factor }: Target & { factor: number }) =>
    `${sign} ${factor} × ${baseline?.name}`;
  switch (target.kind) {
    case "atMostTimes":
      return times("≤", target);
    case "atLeastTimes":
      return times("≥", target);
    case "atMost":
      return unit === "count" ? `≤ ${target.amount}` : `≤ ${target.amount} ${unit}`;
  }
}

function verdict(measurement: Measurement): string {
  const met = isMet(measurement);
  return met === undefined ? "" : met ? "met" : "**missed**";
}

/** Such as "host 120, agent 90 µs per request; copier chain 80". */
function cpuText({ per, processes }: CpuUse, baseline?: Baseline): string {
  const parts = Object.entries(processes).map(([name, values]) => `${name} ${digits(spread(values).median)}`);
  const own = `${parts.join(", ")} ${CPU_UNITS[per]} per ${per}`;
  const others = Object.values(baseline?.cpu?.processes ?? {}).map((values) => spread(values).median);
  if (others.length === 0) return own;
  return `${own}; ${baseline?.name} ${digits(others.reduce((sum, value) => sum + value))}`;
}

/** Median, and quartiles if they differ from it: "120 (115 to 130) ms". */
function spreadText(values: Spread, text: (value: number) => string, unit = ""): string {
  const [low, median, high] = [text(values.low), text(values.median), text(values.high)];
  return low === high ? `${median}${unit}` : `${median} (${low} to ${high})${unit}`;
}

/** Shares of some hundredths need more digits than others. */
function ratioDigits(value: number): string {
  return value >= 0.05 ? value.toFixed(2) : significant(value, 1);
}

function digits(value: number): string {
  if (Number.isInteger(value) && value < 100) return value.toFixed(0);
  if (value >= 10_000) return Math.round(value).toLocaleString("en-US");
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  return value >= 0.1 ? value.toFixed(2) : significant(value, 1);
}

/** Without an exponent. */
function significant(value: number, count: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: count });
}

/** A table in Markdown, as the formatter leaves it. Pure. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const width = (column: number) => Math.max(3, ...rows.map((row) => [...row[column]!].length));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell + " ".repeat(width(column) - [...cell].length)).join(" | ")} |`;
  const rule = `| ${rows[0]!.map((_, column) => "-".repeat(width(column))).join(" | ")} |`;
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join("\n");
}
