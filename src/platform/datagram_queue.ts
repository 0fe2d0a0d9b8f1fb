import type { DatagramPeer } from "./udp_socket.ts";

/** Bytes that may wait for a system that takes no more just now; beyond, datagrams are lost, as UDP may. */
const WAITING_BYTES = 512 * 1024;

/** Datagrams that wait for those ahead of them: sent at once, the runtime lets them overtake each other. */
export class DatagramQueue {
  readonly #send: (datagram: Uint8Array, peer: DatagramPeer) => Promise<unknown>;
  #waiting: { readonly datagram: Uint8Array; readonly peer: DatagramPeer }[] = [];
  #waitingBytes = 0;
  #sending = false;

  /** @param send Sends one. What it rejects with is lost, like the datagram. */
  constructor(send: (datagram: Uint8Array, peer: DatagramPeer) => Promise<unknown>) {
    this.#send = send;
  }

  /** Sends a datagram in its turn, or drops it; the caller may use the bytes again at once. */
  add(datagram: Uint8Array, peer: DatagramPeer): void {
    if (this.#waitingBytes + datagram.length > WAITING_BYTES) return;
    this.#waitingBytes += datagram.length;
    this.#waiting.push({ datagram: datagram.slice(), peer });
    if (!this.#sending) this.#sendAll();
  }

  /** Never rejects. */
  async #sendAll(): Promise<void> {
    this.#sending = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      for (const { datagram, peer } of batch) {
        this.#waitingBytes -= datagram.length;
        await this.#send(datagram, peer).catch(() => {});
      }
    }
    this.#sending = false;
  }
}
