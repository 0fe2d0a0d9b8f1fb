import { median } from "./statistics.ts";

export type Unit = "ms" | "µs" | "MB/s" | "MB" | "1/s" | "count";

/** One line of the result. */
export interface Measurement {
  /** What was measured, such as "new connection p50". */
  readonly name: string;
  readonly unit: Unit;
  /** One value per round; a single one if the line cannot be repeated. */
  readonly rounds: readonly number[];
  readonly baseline?: Baseline;
  readonly target?: Target;
  readonly cpu?: CpuUse;
}

/** Another way to do the same, such as a bare dockerd. */
export interface Baseline {
  readonly name: string;
  /** Measured in the same rounds as the line; a single value is a constant, such as the size of a file. */
  readonly rounds: readonly number[];
  readonly cpu?: CpuUse;
}

/** CPU time of our processes, which stays comparable on a busy machine when times do not. */
export interface CpuUse {
  /** The unit of work: seconds per GB, milliseconds for each start, otherwise microseconds for each. */
  readonly per: "GB" | "start" | "request" | "connection";
  /** For each process, such as "host", one value per round. */
  readonly processes: Readonly<Record<string, readonly number[]>>;
}

/** What the value has to be: absolutely, or as a multiple of the baseline in the same round. */
export type Target =
  | { readonly kind: "atMostTimes"; readonly factor: number }
  | { readonly kind: "atLeastTimes"; readonly factor: number }
  | { readonly kind: "atMost"; readonly amount: number };

/**
 * The ratio of line and baseline in each round, so that a machine that is slow for a while is slow for both; empty
 * without a baseline. Pure.
 *
 * @throws {Error} if the rounds do not belong together.
 */
export function ratios({ name, rounds, baseline }: Measurement): number[] {
  if (!baseline) return [];
  const constant = baseline.rounds.length === 1;
  if (!constant && baseline.rounds.length !== rounds.length) {
    throw new Error(
      `Cannot compare '${name}': it has ${rounds.length} rounds, and the baseline ${baseline.rounds.length}`,
    );
  }
  return rounds.map((value, round) => value / baseline.rounds[constant ? 0 : round]!);
}

/** @throws {Error} for a value that is not a number, such as that of a program which printed something else. Pure. */
export function refuseUnmeasured(measurements: readonly Measurement[]): void {
  for (const { name, rounds, baseline } of measurements) {
    const values = [...rounds, ...baseline?.rounds ?? []];
    if (rounds.length === 0 || !values.every(Number.isFinite)) {
      throw new Error(`Cannot use '${name}': its values are ${values.join(", ") || "missing"}`);
    }
  }
}

/** Whether the target is met; `undefined` without a target. Pure. */
export function isMet(measurement: Measurement): boolean | undefined {
  const { target, rounds } = measurement;
  if (!target) return undefined;
  switch (target.kind) {
    case "atMostTimes":
      return median(ratios(measurement)) <= target.factor;
    case "atLeastTimes":
      return median(ratios(measurement)) >= target.factor;
    case "atMost":
      return median(rounds) <= target.amount;
  }
}
