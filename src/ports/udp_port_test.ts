import assert from "node:assert/strict";
import { RepeatingTimers } from "../../tests/fakes/repeating_timers.ts";
import { NO_LOG } from "../logging/log.ts";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";
import { PortTraffic } from "./port_traffic.ts";
import { openUdpPort } from "./udp_port.ts";

const PEER = { address: "127.0.0.1", port: 40_000 };

Deno.test("openUdpPort() checks for silent clients only while it has clients", async () => {
  using timers = new RepeatingTimers();
  let arrive: (datagram: Uint8Array, peer: typeof PEER) => void = () => {};
  const port = await openUdpPort({
    address: "127.0.0.1",
    port: 53,
    target: "udp:172.17.0.2:53",
    openTarget: () => createMemoryDuplexPair()[0],
    takeShare: () => ({ release() {}, [Symbol.dispose]() {} }),
    traffic: new PortTraffic(),
    log: NO_LOG,
  }, ({ onDatagram }) => {
    arrive = onDatagram;
    return Promise.resolve({ port: 53, send() {}, close: () => Promise.resolve() });
  });
  assert.equal(timers.running, 0);
  arrive(new Uint8Array(1), PEER);
  arrive(new Uint8Array(1), { ...PEER, port: 40_001 });
  assert.equal(timers.running, 1);
  await port.close();
  assert.equal(timers.running, 0);
});
