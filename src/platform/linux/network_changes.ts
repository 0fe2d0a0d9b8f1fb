import { join } from "node:path/posix";
import type { WatchNetworkChanges } from "../network_changes.ts";

/** Reading some small files takes less than a millisecond; a user who changes networks does not see five seconds. */
const POLL_MILLISECONDS = 5_000;
/** A table of routes that is longer is of a router, and its beginning tells enough. */
const TABLE_CHARACTERS = 100_000;

/** Reports changes of routes, name servers, and the settings of the desktop, by looking at their files. */
export const watchNetworkChanges: WatchNetworkChanges = async (changed) => {
  let last = await networkState();
  let isReading = false;
  const timer = setInterval(async () => {
    if (isReading) return;
    isReading = true;
    const state = await networkState();
    isReading = false;
    if (state === last) return;
    last = state;
    changed();
  }, POLL_MILLISECONDS);
  Deno.unrefTimer(timer);
  return { [Symbol.dispose]: () => clearInterval(timer) };
};

/** Different for every state of the network that matters. */
async function networkState(): Promise<string> {
  const settings = Deno.env.get("XDG_CONFIG_HOME") || join(Deno.env.get("HOME") ?? "/", ".config");
  const parts = await Promise.all([
    table("/proc/net/route").then(ipv4Routes),
    table("/proc/net/ipv6_route").then(ipv6Routes),
    version("/etc/resolv.conf"),
    version(join(settings, "dconf/user")),
  ]);
  return parts.join("\n\n");
}

/** Interface, destination, gateway and mask of each route, without its counters. Pure. */
export function ipv4Routes(table: string): string {
  return columns(table.split("\n").slice(1), [0, 1, 2, 7]);
}

/** Destination, its length, gateway and interface of each route, without those that every interface has. Pure. */
export function ipv6Routes(table: string): string {
  return columns(table.split("\n").filter((line) => !/^(?:fe80|ff)|\blo$/.test(line)), [0, 1, 4, 9]);
}

function columns(lines: readonly string[], wanted: readonly number[]): string {
  return lines.map((line) => line.trim().split(/\s+/))
    .map((fields) => wanted.map((index) => fields[index] ?? "").join(" ")).sort().join("\n");
}

/** Empty where there is no such protocol. */
async function table(path: string): Promise<string> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.slice(0, TABLE_CHARACTERS);
}

/** When a file was written last; empty without it. */
async function version(path: string): Promise<string> {
  const info = await Deno.stat(path).catch(() => undefined);
  return info === undefined ? "" : `${info.ino} ${info.size} ${info.mtime?.getTime()}`;
}
