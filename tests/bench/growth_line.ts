/**
 * How cost grows with work: each line is the cost at one size, compared with that at the size before. The largest size
 * has a target: the cost is not half as much again, for each item where the work is done for each item.
 *
 * Costs are CPU time or memory of our processes, so that a busy machine is not taken for growth. The median of the
 * rounds and the half take care of the noise that is left. Times that somebody waits have no target: they also grow with
 * what other processes do.
 */
import type { Metered } from "./cpu_time.ts";
import type { Measurement, Unit } from "./measurement.ts";

/** What the same work may cost at the largest size, as a multiple of the size before. */
const MOST_GROWTH = 1.5;

/** What some work costs at one size, once per round. */
export interface CostAtSize {
  readonly size: number;
  readonly rounds: readonly number[];
}

/** Work that is measured at growing sizes. */
export interface GrowingWork {
  /** Such as "list of containers". */
  readonly name: string;
  /** Such as "containers". */
  readonly items: string;
  readonly unit: Unit;
  /** Whether the work is done for each item; otherwise its cost must not depend on their number. */
  readonly isPerItem: boolean;
}

/** One line for each size, smallest first, with a target for the largest. Pure. */
export function growthLines(work: GrowingWork, costs: readonly CostAtSize[]): Measurement[] {
  return sizeLines(work, costs).map((line, index): Measurement =>
    index === 0 || index < costs.length - 1
      ? line
      : { ...line, target: { kind: "atMostTimes", factor: MOST_GROWTH } }
  );
}

/** One line for each size, smallest first. Pure. */
export function sizeLines(work: GrowingWork, costs: readonly CostAtSize[]): Measurement[] {
  const { name, items, unit, isPerItem } = work;
  const scaled = costs.map(({ size, rounds }) => isPerItem ? rounds.map((cost) => cost / size) : rounds);
  return costs.map(({ size }, index): Measurement => {
    const count = `${size.toLocaleString("en-US")} ${items}${isPerItem ? ", each" : ""}`;
    const line = { name: `${name}: ${count}`, unit, rounds: scaled[index]! };
    const before = costs[index - 1];
    if (before === undefined) return line;
    return {
      ...line,
      baseline: { name: `at ${before.size.toLocaleString("en-US")}`, rounds: scaled[index - 1]! },
    };
  });
}

/** Microseconds of all metered processes together. Pure. */
export function microseconds({ cpuSeconds }: Pick<Metered<unknown>, "cpuSeconds">): number {
  return Object.values(cpuSeconds).reduce((sum, seconds) => sum + seconds, 0) * 1e6;
}
