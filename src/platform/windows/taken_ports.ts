import type { PortRange } from "../port_range.ts";
import { readExcludedRanges } from "./excluded_ports.ts";
import { readSocketTable } from "./socket_table.ts";

/** Windows changes its excluded ranges when a feature starts, not while containers do; asking takes a process. */
const RANGES_MILLISECONDS = 60_000;

interface KnownRanges {
  readonly ranges: Promise<readonly PortRange[]>;
  readonly at: number;
}

const known = new Map<string, KnownRanges>();

/** The numbers in a range that a program listens on, or that Windows keeps for itself. */
export async function takenPortsOnWindows(
  protocol: "tcp" | "udp",
  { first, last }: PortRange,
): Promise<ReadonlySet<number>> {
  const taken = new Set<number>();
  for (const family of [4, 6] as const) {
    for (const { port } of readSocketTable(`${protocol}${family}`)) {
      if (port >= first && port <= last) taken.add(port);
    }
  }
  for (const range of await excludedRanges(protocol)) {
    for (let port = Math.max(first, range.first); port <= Math.min(last, range.last); port++) taken.add(port);
  }
  return taken;
}

async function excludedRanges(protocol: "tcp" | "udp"): Promise<readonly PortRange[]> {
  const now = Date.now();
  let found = known.get(protocol);
  if (found === undefined || now - found.at > RANGES_MILLISECONDS) {
    const families = ["ipv4", "ipv6"] as const;
    const ranges = Promise.all(families.map((family) => readExcludedRanges(protocol, family)))
      .then((lists) => lists.flat());
    known.set(protocol, found = { ranges, at: now });
    ranges.catch(() => known.delete(protocol));
  }
  return await found.ranges;
}
