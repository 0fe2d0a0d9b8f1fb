/** One line of the result. */
export interface Measurement {
  /** What was measured, such as "new connection p50". */
  readonly name: string;
  readonly unit: "ms" | "µs" | "MB/s" | "MB" | "1/s" | "count";
  readonly value: number;
  /** What it is compared with, measured in the same run. */
  readonly baseline?: { readonly name: string; readonly value: number };
  readonly target?: Target;
}

/** What the value has to be. */
export type Target =
  | { readonly kind: "atMostTimes"; readonly factor: number }
  | { readonly kind: "atLeastTimes"; readonly factor: number }
  | { readonly kind: "atMostPlus"; readonly amount: number }
  | { readonly kind: "atMost"; readonly amount: number };

/** Whether the target is met; `undefined` without a target (pure). */
export function isMet({ value, baseline, target }: Measurement): boolean | undefined {
  if (!target) return undefined;
  const base = baseline?.value ?? 0;
  switch (target.kind) {
    case "atMostTimes":
      return value <= base * target.factor;
    case "atLeastTimes":
      return value >= base * target.factor;
    case "atMostPlus":
      return value <= base + target.amount;
    case "atMost":
      return value <= target.amount;
  }
}

/** The target in words, such as "<= 1.3 x bare" (pure). */
export function describeTarget({ unit, baseline, target }: Measurement): string {
  if (!target) return "";
  const base = baseline?.name ?? "";
  switch (target.kind) {
    case "atMostTimes":
      return `<= ${target.factor} x ${base}`;
    case "atLeastTimes":
      return `>= ${target.factor} x ${base}`;
    case "atMostPlus":
      return `<= ${base} + ${target.amount} ${unit}`;
    case "atMost":
      return `<= ${target.amount} ${unit}`;
  }
}

/** All measurements as a table for people (pure). */
export function formatTable(measurements: readonly Measurement[]): string {
  const head = ["", "value", "", "baseline", "", "ratio", "target", ""];
  const rows = measurements.map((one) => [
    one.name,
    digits(one.value),
    one.unit,
    one.baseline ? digits(one.baseline.value) : "",
    one.baseline?.name ?? "",
    one.baseline ? ratio(one.value / one.baseline.value) : "",
    describeTarget(one),
    verdict(one),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const isNumber = (column: number) => column === 1 || column === 3 || column === 5;
  const line = (row: readonly string[]) =>
    row.map((cell, column) =>
      isNumber(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)
    )
      .join("  ").trimEnd();
  return [head, ...rows].map(line).join("\n");
}

/** All measurements as one JSON object with the ratio and the verdict of each (pure). */
export function toJson(measurements: readonly Measurement[], machine: Record<string, unknown>): string {
  const results = measurements.map((one) => ({
    ...one,
    ratio: one.baseline ? one.value / one.baseline.value : null,
    met: isMet(one) ?? null,
  }));
  return JSON.stringify({ machine, results }, null, 2);
}

function verdict(one: Measurement): string {
  const met = isMet(one);
  return met === undefined ? "" : met ? "met" : "MISSED";
}

/** Shares of some hundredths need more digits than others. */
function ratio(value: number): string {
  return value >= 0.05 ? value.toFixed(2) : value.toFixed(4);
}

function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
