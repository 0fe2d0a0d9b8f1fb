/** The ports from the first to the last, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

const HIGHEST_PORT = 65_535;
/** Longer lists are for a firewall. */
const MAXIMUM_RANGES = 256;

/** Reads `80, 5432, 8000-8100`; a string says why it is not a list of ports, as a lower-case clause. Pure. */
export function parsePortList(text: string): PortRange[] | string {
  const words = text.split(",").map((word) => word.trim());
  if (words.length > MAXIMUM_RANGES) return `there are more than ${MAXIMUM_RANGES} ports or ranges`;
  const ranges: PortRange[] = [];
  for (const word of words) {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(word) ?? [];
    const range = { first: Number(first), last: Number(last) };
    const valid = range.first >= 1 && range.first <= range.last && range.last <= HIGHEST_PORT;
    if (!valid) return `'${word}' is neither a port nor a range such as '8000-8100'`;
    ranges.push(range);
  }
  return ranges;
}

/** Whether a setting of `all`, `none` or a list of ports has a port in it. Pure. */
export function allowsPort(setting: string, port: number): boolean {
  if (setting === "all") return true;
  const ranges = setting === "none" ? [] : parsePortList(setting);
  return typeof ranges !== "string" && ranges.some(({ first, last }) => port >= first && port <= last);
}
