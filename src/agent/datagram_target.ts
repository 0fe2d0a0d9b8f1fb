import { isIPv6 } from "node:net";
import { DatagramStream } from "../streams/datagram_stream.ts";
import type { Duplex } from "../streams/duplex.ts";
import { AGENT_LIMITS } from "./agent_limits.ts";

/**
 * Carries the datagrams of one client between a stream and a UDP port inside the engine's network, until the stream
 * ends. What the port's owner sends back can come from that port alone.
 */
export async function serveDatagrams(stream: Duplex, hostname: string, port: number): Promise<void> {
  // Loaded when it is needed: most engines never carry a datagram.
  const { createSocket } = await import("node:dgram");
  const socket = createSocket(isIPv6(hostname) ? "udp6" : "udp4");
  // Nobody listens there yet, or any more: datagrams to it are lost, as they would be without us.
  socket.on("error", () => {});
  const connected = Promise.withResolvers<void>();
  socket.connect(port, hostname, () => connected.resolve());
  await connected.promise;
  const datagrams = new DatagramStream(stream, {
    onDatagram: (datagram) => socket.send(datagram.slice(), () => {}),
    waitingBytes: AGENT_LIMITS.datagramWaitingBytes,
  });
  socket.on("message", (datagram: Uint8Array) => datagrams.send(datagram));
  await datagrams.ended;
  socket.close();
}
