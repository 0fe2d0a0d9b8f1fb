/** What has gone through a port; all counts are since it was opened. */
export interface TrafficCounts {
  /** Connections, or UDP clients: open now, and those and all before. */
  readonly connections: { readonly open: number; readonly total: number };
  /** Bytes from clients to the container, and back. */
  readonly bytes: { readonly received: number; readonly sent: number };
}

/** Counts the traffic of one port. */
export class PortTraffic {
  #open = 0;
  #total = 0;
  /** Bytes from clients. */
  received = 0;
  /** Bytes to clients. */
  sent = 0;

  /** Counts a connection until what is returned is called. */
  begin(): () => void {
    this.#open++;
    this.#total++;
    let ended = false;
    return () => {
      if (!ended) this.#open--;
      ended = true;
    };
  }

  counts(): TrafficCounts {
    return {
      connections: { open: this.#open, total: this.#total },
      bytes: { received: this.received, sent: this.sent },
    };
  }
}
