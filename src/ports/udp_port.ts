import type { ConnectionShare } from "../overload/connection_budget.ts";
import { LogEpisodes } from "../overload/log_episodes.ts";
import { bindUdp } from "../platform/this_udp_socket.ts";
import type { DatagramPeer, UdpSocket } from "../platform/udp_socket.ts";
import { DatagramStream } from "../streams/datagram_stream.ts";
import { FlowTable } from "./flow_table.ts";
import type { OpenPort, OpenPortOptions } from "./open_port.ts";
import { PORT_LIMITS } from "./port_limits.ts";

/**
 * Binds a UDP port, and gives each client a stream of its own into the engine, so that what comes back on it goes to
 * that client. A client that is silent for {@linkcode PORT_LIMITS.udpIdleMilliseconds} is forgotten.
 *
 * @throws What {@linkcode bindUdp} throws.
 */
export async function openUdpPort(options: OpenPortOptions, bind = bindUdp): Promise<OpenPort> {
  const port = new UdpPort(options);
  const { address } = options;
  port.serve(
    await bind({
      address,
      port: options.port,
      onDatagram: (datagram, peer) => port.arrived(datagram, peer),
    }),
  );
  return port;
}

interface Flow {
  readonly datagrams: DatagramStream;
  readonly ended: () => void;
}

class UdpPort implements OpenPort {
  readonly #options: OpenPortOptions;
  readonly #flows = new FlowTable<Flow>(PORT_LIMITS.udpFlows);
  readonly #episodes: LogEpisodes;
  #socket: UdpSocket | undefined;
  /** Runs while there are clients: a port that nobody uses costs nothing. */
  #sweep: ReturnType<typeof setInterval> | undefined;

  constructor(options: OpenPortOptions) {
    this.#options = options;
    this.#episodes = new LogEpisodes(options.log);
  }

  serve(socket: UdpSocket): void {
    this.#socket = socket;
  }

  arrived(datagram: Uint8Array, peer: DatagramPeer): void {
    const client = `${peer.address} ${peer.port}`;
    const flow = this.#flows.touch(client, performance.now()) ?? this.#begin(client, peer);
    this.#options.traffic.received += datagram.length;
    flow?.datagrams.send(datagram);
  }

  async close(): Promise<void> {
    this.#stopSweep();
    this.#end(this.#flows.takeAll());
    await this.#socket?.close();
  }

  /** `undefined` when the engine cannot be reached, or has no room; the datagram is lost then. */
  #begin(client: string, peer: DatagramPeer): Flow | undefined {
    const { openTarget, address, port, target, traffic } = this.#options;
    const share = this.#takeShare();
    if (share === undefined) {
      this.#episodes.log("warn", "ports.full", { address, port, open: this.#flows.size });
      return undefined;
    }
    try {
      const datagrams = new DatagramStream(openTarget(target), {
        onDatagram: (datagram) => {
          if (this.#flows.touch(client, performance.now()) !== flow) return;
          traffic.sent += datagram.length;
          this.#socket?.send(datagram, peer);
        },
        waitingBytes: PORT_LIMITS.udpWaitingBytes,
      });
      const flow: Flow = { datagrams, ended: traffic.begin() };
      const displaced = this.#flows.add(client, flow, performance.now());
      if (displaced !== undefined) this.#end([displaced]);
      this.#sweep ??= setInterval(() => this.#endSilent(), PORT_LIMITS.udpSweepMilliseconds);
      datagrams.ended.then(() => {
        this.#flows.remove(client, flow);
        flow.ended();
        share.release();
      });
      return flow;
    } catch (error) {
      share.release();
      this.#episodes.log("warn", "ports.flow.refused", { target, reason: String(error) });
      return undefined;
    }
  }

  /** Where there is no room, the client that is silent for longest makes it, for the one after this. */
  #takeShare(): ConnectionShare | undefined {
    const share = this.#options.takeShare();
    const silentest = share === undefined ? this.#flows.takeSilentest() : undefined;
    if (silentest !== undefined) this.#end([silentest]);
    return share;
  }

  #endSilent(): void {
    this.#end(this.#flows.takeSilent(performance.now(), PORT_LIMITS.udpIdleMilliseconds));
    if (this.#flows.size === 0) this.#stopSweep();
  }

  #stopSweep(): void {
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  #end(flows: readonly Flow[]): void {
    for (const { datagrams } of flows) datagrams.close();
  }
}
