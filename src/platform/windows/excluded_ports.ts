import type { MachinePort } from "../port_holder.ts";

/** A range of ports that Windows keeps for itself, for Hyper-V for example; both ends belong to it. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** The range that keeps a port from being listened on, if there is one. */
export async function findExcludedRange(
  { protocol, address, port }: MachinePort,
): Promise<PortRange | undefined> {
  const family = address.includes(":") ? "ipv6" : "ipv4";
  const { stdout } = await new Deno.Command("netsh", {
    args: ["interface", family, "show", "excludedportrange", `protocol=${protocol}`],
    stdin: "null",
  }).output();
  const ranges = parseExcludedRanges(new TextDecoder().decode(stdout));
  return ranges.find(({ first, last }) => first <= port && port <= last);
}

/** Reads the lines that have two numbers, whatever the language of the others is. Pure. */
export function parseExcludedRanges(text: string): PortRange[] {
  return [...text.matchAll(/^\s*(\d{1,5})\s+(\d{1,5})(?:\s+\*)?\s*$/gm)].map(([, first, last]) => ({
    first: Number(first),
    last: Number(last),
  }));
}
