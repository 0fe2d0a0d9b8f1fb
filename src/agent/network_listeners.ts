import type { Log } from "../logging/log.ts";
import type { MuxSession } from "../mux/mux_session.ts";
import { type KernelSocket, parseSocketTable } from "../platform/linux/socket_table.ts";
import { sleep } from "../timing/sleep.ts";
import { AGENT_LIMITS } from "./agent_limits.ts";
import { encodeJsonLine } from "./json_lines.ts";

/** A port that a program listens on in the engine's own network. */
export interface NetworkListener {
  readonly protocol: "tcp" | "udp";
  readonly address: string;
  readonly port: number;
}

const PROTOCOLS = ["tcp", "udp"] as const;
/** What dockerd itself listens on in a swarm, for other machines of it: nothing that a user of this one calls. */
const SWARM_PORTS: ReadonlySet<string> = new Set(["tcp 2377", "tcp 7946", "udp 7946", "udp 4789"]);
/** What the host serves them under. */
const TARGET = "listeners";

/**
 * Tells the host which ports are listened on in the engine's own network, which is where containers on the host
 * network live: the whole list at each change, as one JSON line. Ends with the signal. Never rejects.
 */
export async function tellListeners(
  session: Pick<MuxSession, "open">,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  try {
    using stream = session.open(TARGET);
    let told = "[]";
    let before = new Set<string>();
    while (!signal.aborted) {
      const found = scan();
      // What is there for the second time stays for a while; dockerd's own sockets come and go around a port.
      const lasting = found.filter((each) => before.has(JSON.stringify(each)));
      before = new Set(found.map((each) => JSON.stringify(each)));
      const text = JSON.stringify(lasting);
      if (text !== told) await stream.write(encodeJsonLine(lasting));
      told = text;
      await sleep(AGENT_LIMITS.listenerScanMilliseconds, signal);
    }
  } catch (error) {
    log("debug", "agent.listeners.ended", { reason: String(error) });
  }
}

function scan(): NetworkListener[] {
  const firstOwn = firstEphemeralPort();
  const found = PROTOCOLS.flatMap((protocol) =>
    ["", "6"].flatMap((family) =>
      listenersOf(protocol, parseSocketTable(read(`/proc/net/${protocol}${family}`)), firstOwn)
    )
  );
  return found.slice(0, AGENT_LIMITS.listeners);
}

/**
 * Those that a client on the same machine would reach at `localhost`. A UDP socket with a port that the system has
 * chosen belongs to somebody who asks, not to a service. Pure.
 */
export function listenersOf(
  protocol: NetworkListener["protocol"],
  sockets: readonly KernelSocket[],
  firstEphemeral: number,
): NetworkListener[] {
  return sockets
    .filter(({ isOpenToAll, address, port }) =>
      isOpenToAll && port > 0 && /^(0\.0\.0\.0|127\..*|::1?)$/.test(address) &&
      (protocol === "tcp" || port < firstEphemeral) && !SWARM_PORTS.has(`${protocol} ${port}`)
    )
    .map(({ address, port }) => ({ protocol, address, port }))
    .sort((a, b) => a.port - b.port || a.address.localeCompare(b.address));
}

function firstEphemeralPort(): number {
  return Number.parseInt(read("/proc/sys/net/ipv4/ip_local_port_range"), 10) || 32_768;
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return ""; // a kernel without IPv6
  }
}
