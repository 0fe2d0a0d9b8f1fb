/** The sender or receiver of a datagram. */
export interface DatagramPeer {
  readonly address: string;
  readonly port: number;
}

/** A UDP port that is bound. */
export interface UdpSocket {
  readonly port: number;
  /** Sends a datagram, or loses it; the caller may use the bytes again at once. */
  send(datagram: Uint8Array, peer: DatagramPeer): void;
  /** Resolves when the port is free again. Repeating it does nothing. */
  close(): Promise<void>;
}

/** How a UDP port is bound. */
export interface UdpSocketOptions {
  readonly address: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Called with each datagram; the bytes are lent until it returns. */
  readonly onDatagram: (datagram: Uint8Array, peer: DatagramPeer) => void;
}
