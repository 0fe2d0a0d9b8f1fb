/** The value in the middle of a sorted copy; the mean of the two in the middle for an even count. Pure. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Median and quartiles of the values. */
export interface Spread {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** Where the middle half of the values lies. Pure. */
export function spread(values: readonly number[]): Spread {
  return { low: quantile(values, 0.25), median: quantile(values, 0.5), high: quantile(values, 0.75) };
}

/** The smallest value that at least `percent` of the values do not exceed. Pure. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = sort(values);
  return sorted[Math.max(0, Math.ceil(sorted.length * percent / 100) - 1)]!;
}

/** The value below which a share of the others lies, interpolated between its neighbours. */
function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error("Cannot take a quantile: there are no values");
  const sorted = sort(values);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)]!;
  return below + (sorted[Math.ceil(position)]! - below) * (position % 1);
}

function sort(values: readonly number[]): number[] {
  return values.toSorted((one, other) => one - other);
}
