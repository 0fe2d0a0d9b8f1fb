import type { MachinePort } from "../port_holder.ts";
import type { PortRange } from "../port_range.ts";

/** The range that keeps a port from being listened on, if there is one. */
export async function findExcludedRange(
  { protocol, address, port }: MachinePort,
): Promise<PortRange | undefined> {
  const ranges = await readExcludedRanges(protocol, address.includes(":") ? "ipv6" : "ipv4");
  return ranges.find(({ first, last }) => first <= port && port <= last);
}

/** All ranges that Windows keeps for itself, for Hyper-V for example. */
export async function readExcludedRanges(
  protocol: "tcp" | "udp",
  family: "ipv4" | "ipv6",
): Promise<PortRange[]> {
  const { stdout } = await new Deno.Command("netsh", {
    args: ["interface", family, "show", "excludedportrange", `protocol=${protocol}`],
    stdin: "null",
  }).output();
  return parseExcludedRanges(new TextDecoder().decode(stdout));
}

/** Reads the lines that have two numbers, whatever the language of the others is. Pure. */
export function parseExcludedRanges(text: string): PortRange[] {
  return [...text.matchAll(/^[ \t]*(\d{1,5})[ \t]+(\d{1,5})(?:[ \t]+\*)?[ \t\r]*$/gm)].map((
    [, first, last],
  ) => ({
    first: Number(first),
    last: Number(last),
  }));
}
