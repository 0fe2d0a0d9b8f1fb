/** A part of the address space. */
export interface Mapping {
  readonly start: bigint;
  readonly bytes: bigint;
}

const LINE = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) \S+ \d+ +(.*)$/;

/**
 * The mappings of a program's own file that hold what the file holds, and nothing else, so that they can be dropped and
 * read again: its code, and the constants at its beginning. What the loader has relocated is not among them, even if it
 * is read-only by now. Pure.
 *
 * @param maps what `/proc/PID/maps` says
 */
export function codeMappings(maps: string, program: string): Mapping[] {
  const mappings: Mapping[] = [];
  for (const line of maps.split("\n")) {
    const [, start, end, rights, offset, path] = LINE.exec(line) ?? [];
    if (path !== program) continue;
    const isCode = rights === "r-xp";
    const isBeginning = rights === "r--p" && /^0+$/.test(offset!);
    if (!isCode && !isBeginning) continue;
    const from = BigInt(`0x${start}`);
    mappings.push({ start: from, bytes: BigInt(`0x${end}`) - from });
  }
  return mappings;
}
