import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { requireUnshared } from "./port_holder.ts";

/** Who a datagram came from, or goes to. */
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
  /** Receive buffer of the system, in bytes; the system may give less. */
  readonly bufferBytes: number;
  readonly onDatagram: (datagram: Uint8Array, peer: DatagramPeer) => void;
}

/**
 * Binds a UDP port on one address and only there: `::` does not take IPv4 along, on any system.
 *
 * @throws {Deno.errors.AddrInUse} {@linkcode Deno.errors.AddrNotAvailable}, {@linkcode Deno.errors.PermissionDenied}
 */
export async function bindUdp(options: UdpSocketOptions): Promise<UdpSocket> {
  const { address, port, bufferBytes } = options;
  requireUnshared({ protocol: "udp", address, port });
  const socket = createSocket({ type: isIPv6(address) ? "udp6" : "udp4", ipv6Only: true });
  await bound(socket, address, port);
  // A client that has gone makes the system report errors on this socket: they concern that client alone.
  socket.on("error", () => {});
  try {
    socket.setRecvBufferSize(bufferBytes);
  } catch {
    // It works with the system's own size as well.
  }
  socket.on("message", (datagram: Uint8Array, peer: RemoteInfo) => options.onDatagram(datagram, peer));
  let closed: Promise<void> | undefined;
  return {
    port: socket.address().port,
    send: (datagram, peer) => {
      if (closed === undefined) socket.send(datagram.slice(), peer.port, peer.address, () => {});
    },
    close: () => closed ??= new Promise((resolve) => socket.close(() => resolve())),
  };
}

function bound(socket: Socket, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      socket.close();
      reject(asDenoError(error));
    };
    socket.once("error", failed);
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeListener("error", failed);
      resolve();
    });
  });
}

function asDenoError(error: Error & { readonly code?: string }): Error {
  switch (error.code) {
    case "EADDRINUSE":
      return new Deno.errors.AddrInUse(error.message);
    case "EACCES":
      return new Deno.errors.PermissionDenied(error.message);
    case "EADDRNOTAVAIL":
      return new Deno.errors.AddrNotAvailable(error.message);
    default:
      return error;
  }
}
