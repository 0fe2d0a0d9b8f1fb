import { isIpv6 } from "../../platform/addresses.ts";
import { bindRuntimeUdp } from "../../platform/runtime_udp.ts";
import { DatagramStream } from "../../streams/datagram_stream.ts";
import type { Duplex } from "../../streams/duplex.ts";
import { AGENT_LIMITS } from "../agent_limits.ts";

/**
 * Carries the datagrams of one client between a stream and a UDP port inside the engine's network, until the stream
 * ends. What comes from elsewhere than that port is dropped: another container may not answer in its place.
 *
 * @throws When the system gives no socket. The stream is closed then, as always.
 */
export async function serveDatagrams(stream: Duplex, hostname: string, port: number): Promise<void> {
  using _ = stream;
  const peer = { address: hostname, port };
  let datagrams: DatagramStream | undefined;
  const socket = bindRuntimeUdp({
    address: isIpv6(hostname) ? "::" : "0.0.0.0",
    port: 0,
    onDatagram: (datagram, from) => {
      if (from.port === port && from.address === hostname) datagrams?.send(datagram);
    },
  });
  try {
    datagrams = new DatagramStream(stream, {
      onDatagram: (datagram) => socket.send(datagram, peer),
      waitingBytes: AGENT_LIMITS.datagramWaitingBytes,
    });
    await datagrams.ended;
  } finally {
    await socket.close();
  }
}
