import { returnDatagramBuffer, takeDatagramBuffer } from "./datagram_buffers.ts";
import { DatagramQueue } from "./datagram_queue.ts";
import type { DatagramPeer, UdpSocket, UdpSocketOptions } from "./udp_socket.ts";

/** How long to wait after a failure to receive, in milliseconds: most concern one peer that has gone, on Windows. */
const FAILURE_PAUSE_MILLISECONDS = 1;

/** Whether the runtime was started with `--unstable-net`; an older launcher of the program does not pass it. */
export function hasRuntimeUdp(): boolean {
  return typeof Deno.listenDatagram === "function";
}

/**
 * Binds a UDP port by the runtime's own interface, which receives into one buffer.
 *
 * @throws What `Deno.listenDatagram` throws.
 */
export function bindRuntimeUdp(options: UdpSocketOptions): UdpSocket {
  const { address, port } = options;
  return new RuntimeUdpSocket(Deno.listenDatagram({ transport: "udp", hostname: address, port }), options);
}

class RuntimeUdpSocket implements UdpSocket {
  readonly port: number;
  readonly #socket: Deno.DatagramConn;
  readonly #receiving: Promise<void>;
  readonly #queue: DatagramQueue;
  #closed = false;

  constructor(socket: Deno.DatagramConn, { onDatagram }: UdpSocketOptions) {
    this.#socket = socket;
    this.port = (socket.addr as Deno.NetAddr).port;
    this.#queue = new DatagramQueue((datagram, { address, port }) =>
      socket.send(datagram, { transport: "udp", hostname: address, port })
    );
    this.#receiving = this.#receive(onDatagram);
  }

  send(datagram: Uint8Array, peer: DatagramPeer): void {
    if (!this.#closed) this.#queue.add(datagram, peer);
  }

  async close(): Promise<void> {
    if (!this.#closed) this.#socket.close();
    this.#closed = true;
    await this.#receiving;
  }

  /** Never rejects. */
  async #receive(onDatagram: UdpSocketOptions["onDatagram"]): Promise<void> {
    const buffer = takeDatagramBuffer();
    while (!this.#closed) {
      try {
        const [datagram, from] = await this.#socket.receive(buffer);
        const { hostname, port } = from as Deno.NetAddr;
        onDatagram(datagram, { address: hostname, port });
      } catch {
        if (!this.#closed) await new Promise((resolve) => setTimeout(resolve, FAILURE_PAUSE_MILLISECONDS));
      }
    }
    returnDatagramBuffer(buffer);
  }
}
