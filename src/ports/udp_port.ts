import { bindUdp, type DatagramPeer, type UdpSocket } from "../platform/udp_socket.ts";
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
      bufferBytes: PORT_LIMITS.udpSocketBytes,
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
  #socket: UdpSocket | undefined;
  #sweep: ReturnType<typeof setInterval> | undefined;

  constructor(options: OpenPortOptions) {
    this.#options = options;
  }

  serve(socket: UdpSocket): void {
    this.#socket = socket;
    this.#sweep = setInterval(
      () => this.#end(this.#flows.takeSilent(performance.now(), PORT_LIMITS.udpIdleMilliseconds)),
      PORT_LIMITS.udpSweepMilliseconds,
    );
  }

  arrived(datagram: Uint8Array, peer: DatagramPeer): void {
    const client = `${peer.address} ${peer.port}`;
    const flow = this.#flows.touch(client, performance.now()) ?? this.#begin(client, peer);
    this.#options.traffic.received += datagram.length;
    flow?.datagrams.send(datagram);
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    this.#end(this.#flows.takeAll());
    await this.#socket?.close();
  }

  /** `undefined` when the engine cannot be reached; the datagram is lost then. */
  #begin(client: string, peer: DatagramPeer): Flow | undefined {
    const { openTarget, target, traffic, log } = this.#options;
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
      datagrams.ended.then(() => {
        this.#flows.remove(client, flow);
        flow.ended();
      });
      return flow;
    } catch (error) {
      log("warn", "ports.flow.refused", { target, reason: String(error) });
      return undefined;
    }
  }

  #end(flows: readonly Flow[]): void {
    for (const { datagrams } of flows) datagrams.close();
  }
}
