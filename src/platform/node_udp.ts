import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIpv6 } from "./addresses.ts";
import { DatagramQueue } from "./datagram_queue.ts";
import type { UdpSocket, UdpSocketOptions } from "./udp_socket.ts";

/**
 * Binds a UDP port by `node:dgram`, which allocates 64 KiB for each datagram that it receives and takes four times as
 * long as {@linkcode bindRuntimeUdp}.
 */
export async function bindNodeUdp(options: UdpSocketOptions): Promise<UdpSocket> {
  const { address, port } = options;
  const socket = createSocket({ type: isIpv6(address) ? "udp6" : "udp4", ipv6Only: true });
  await bound(socket, address, port);
  // A client that has gone makes the system report errors on this socket: they concern that client alone.
  socket.on("error", () => {});
  socket.on("message", (datagram: Uint8Array, peer: RemoteInfo) => options.onDatagram(datagram, peer));
  const queue = new DatagramQueue((datagram, { address, port }) =>
    new Promise((resolve) => socket.send(datagram, port, address, resolve))
  );
  let closed: Promise<void> | undefined;
  return {
    port: socket.address().port,
    send: (datagram, peer) => {
      if (closed === undefined) queue.add(datagram, peer);
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
