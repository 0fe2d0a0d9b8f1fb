import type { Log } from "../../logging/log.ts";
import type { MuxSession } from "../../mux/mux_session.ts";
import { OpenSockets } from "../../platform/linux/open_sockets.ts";
import type { OpenSocket } from "../../platform/linux/socket_diagnosis.ts";
import { sleep } from "../../timing/sleep.ts";
import { AGENT_LIMITS } from "../agent_limits.ts";
import { encodeJsonLine } from "../protocol/json_lines.ts";
import { formatTarget, type NetworkListener } from "../protocol/stream_target.ts";
import { LastingListeners } from "./lasting_listeners.ts";

const PROTOCOLS = ["tcp", "udp"] as const;
/** What dockerd itself listens on in a swarm, for other machines of it: nothing that a user of this one calls. */
const SWARM_PORTS: ReadonlySet<string> = new Set(["tcp 2377", "tcp 7946", "udp 7946", "udp 4789"]);
const LOCAL_ADDRESS_REGEXP = /^(0\.0\.0\.0|127\..*|::1?)$/;

/** Ports that are not services of the engine's network, although something is bound to them. */
export type OtherPorts = (protocol: NetworkListener["protocol"], port: number) => boolean;

/**
 * Tells the host which ports are listened on in the engine's own network, which is where containers on the host
 * network live: the whole list at each change, as one JSON line. Ends with the signal. Never rejects.
 *
 * @param isOther Ports that dockerd binds for containers, and those that are held for the machine.
 */
export async function reportListeners(
  session: Pick<MuxSession, "open">,
  isOther: OtherPorts,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  try {
    using stream = session.open(formatTarget({ kind: "listeners" }));
    using sockets = new OpenSockets();
    const listeners = new LastingListeners();
    while (!signal.aborted) {
      const changed = listeners.next(scan(sockets, isOther));
      if (changed !== undefined) await stream.write(encodeJsonLine(changed));
      await sleep(AGENT_LIMITS.listenerScanMilliseconds, signal);
    }
  } catch (error) {
    log("debug", "agent.listeners.ended", { reason: String(error) });
  }
}

function scan(sockets: Pick<OpenSockets, "list">, isOther: OtherPorts): NetworkListener[] {
  const found = PROTOCOLS.flatMap((protocol) => {
    const open = sockets.list(protocol, (port) => !isOther(protocol, port));
    return open.length === 0 ? [] : listenersOf(protocol, open, firstEphemeralPort());
  });
  return found.slice(0, AGENT_LIMITS.listeners);
}

/**
 * Those that a client on the same machine would reach at `localhost`. A UDP socket with a port that the system has
 * chosen belongs to somebody who asks, not to a service. Pure.
 */
export function listenersOf(
  protocol: NetworkListener["protocol"],
  sockets: readonly OpenSocket[],
  firstEphemeral: number,
): NetworkListener[] {
  return sockets
    .filter(({ address, port }) =>
      port > 0 && LOCAL_ADDRESS_REGEXP.test(address) &&
      (protocol === "tcp" || port < firstEphemeral) && !SWARM_PORTS.has(`${protocol} ${port}`)
    )
    .map(({ address, port }) => ({ protocol, address, port }))
    .sort((a, b) => a.port - b.port || (a.address < b.address ? -1 : 1));
}

function firstEphemeralPort(): number {
  return Number.parseInt(Deno.readTextFileSync("/proc/sys/net/ipv4/ip_local_port_range"), 10) || 32_768;
}
