import { unlessMissing } from "../../errors/unless_missing.ts";
import type { PortRange } from "../port_range.ts";

/**
 * Local port and state of a line of /proc/net/tcp or one of its siblings. A large table has one line for each
 * connection, so this reads no more than it must.
 */
const SOCKET_REGEXP = /^ *\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /gm;
/** A closed connection that rests: its number can be listened on. */
const TIME_WAIT = "06";

/**
 * The numbers in a range that cannot be listened on, by the kernel's tables. Connections count as well as listeners:
 * Linux gives its own outgoing connections numbers from 32768 on. Rejects if the tables cannot be read.
 */
export async function takenPortsOnLinux(
  protocol: "tcp" | "udp",
  range: PortRange,
): Promise<ReadonlySet<number>> {
  const tables = await Promise.all(["", "6"].map((family) => readTable(`/proc/net/${protocol}${family}`)));
  return new Set(tables.flatMap((text) => portsInTable(text, range)));
}

/** The numbers in a range that a table holds. Pure. */
export function portsInTable(text: string, { first, last }: PortRange): number[] {
  const ports: number[] = [];
  for (const [, hex, state] of text.matchAll(SOCKET_REGEXP)) {
    const port = Number.parseInt(hex!, 16);
    if (port >= first && port <= last && state !== TIME_WAIT) ports.push(port);
  }
  return ports;
}

async function readTable(path: string): Promise<string> {
  return await unlessMissing(() => Deno.readTextFile(path)) ?? ""; // a machine without IPv6
}
