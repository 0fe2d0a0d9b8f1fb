import type { Log } from "../../logging/log.ts";

/** Settings of the engine's own network namespace, as files below /proc/sys/net, with what goes into them. */
const SETTINGS: readonly (readonly [path: string, value: string])[] = [
  // A port is published on an address of the user's machine: whether it has that address is not for dockerd to say.
  ["ipv4/ip_nonlocal_bind", "1"],
  ["ipv6/ip_nonlocal_bind", "1"],
  // Where Docker takes port numbers from if nobody names one. They are opened on the user's machine by the same
  // number, and Windows hands out those from 49152 on itself.
  ["ipv4/ip_local_port_range", "32768 49151"],
  // Each connection through a port is one of ours to the container. Without this the numbers for one container's port
  // are used up by 270 new connections a second, since each rests for a minute after its end.
  ["ipv4/tcp_tw_reuse", "1"],
];

/** Makes the engine's network fit for ports that are opened elsewhere. */
export function tuneNetwork(log: Log): void {
  for (const [path, value] of SETTINGS) {
    try {
      Deno.writeTextFileSync(`/proc/sys/net/${path}`, value);
    } catch (error) {
      log("info", "agent.network.setting", { path, reason: String(error) });
    }
  }
}
