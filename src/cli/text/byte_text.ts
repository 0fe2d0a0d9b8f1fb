const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

/** A number of bytes in the unit that leaves at most three digits before the point. Pure. */
export function byteText(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1_000 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
