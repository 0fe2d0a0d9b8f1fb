import assert from "node:assert/strict";
import { NO_LOG } from "../logging/log.ts";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";
import { NetworkListeners, parseListeners, requestsFor } from "./network_listeners.ts";
import type { PortRequest } from "./port_request.ts";

const ENCODER = new TextEncoder();

Deno.test("requestsFor() opens loopback addresses alone", () => {
  const opened = (address: string) =>
    requestsFor({ protocol: "tcp", address, port: 80 }).map((request) =>
      `${request.hostAddress} to ${request.containerAddress}`
    );
  assert.deepEqual(opened("0.0.0.0"), ["127.0.0.1 to 127.0.0.1"]);
  assert.deepEqual(opened("127.0.0.5"), ["127.0.0.1 to 127.0.0.5"]);
  assert.deepEqual(opened("::"), ["127.0.0.1 to ::1", "::1 to ::1"]);
  assert.deepEqual(opened("::1"), ["::1 to ::1"]);
});

Deno.test("parseListeners() takes whole lists alone", () => {
  const listener = { protocol: "udp", address: "::", port: 53 };
  assert.deepEqual(parseListeners(JSON.stringify([listener])), [listener]);
  for (
    const bad of [{ ...listener, port: 0 }, { ...listener, port: "1" }, { ...listener, protocol: "x" }, null]
  ) {
    assert.equal(parseListeners(JSON.stringify([listener, bad])), undefined);
  }
  assert.equal(parseListeners("{"), undefined);
});

Deno.test("NetworkListeners opens what is listed, closes what is not any more, and all at the end", async () => {
  const events: string[] = [];
  let seen = Promise.withResolvers<void>();
  const tell = (event: string) => {
    events.push(event);
    seen.resolve();
  };
  const ports = {
    isPublished: (_: unknown, port: number) => port === 8080,
    publish: ({ hostAddress, hostPort }: PortRequest) => {
      if (hostPort === 99) {
        tell("busy 99");
        return Promise.reject(new Error("busy"));
      }
      tell(`open ${hostAddress} ${hostPort}`);
      return Promise.resolve(() => Promise.resolve(tell(`close ${hostAddress} ${hostPort}`)));
    },
  };
  const [agent, host] = createMemoryDuplexPair();
  const openTarget = () => assert.fail("nobody connects");
  const followed = new NetworkListeners({ ports, openTarget, log: NO_LOG }).follow(host);
  const list = async (...numbers: number[]) => {
    seen = Promise.withResolvers<void>();
    const listeners = numbers.map((port) => ({ protocol: "tcp", address: "0.0.0.0", port }));
    await agent.write(ENCODER.encode(JSON.stringify(listeners) + "\n"));
    await seen.promise;
  };
  await list(80, 8080);
  await list(80, 99);
  await list(81, 99);
  await agent.closeWrite();
  await followed;
  assert.deepEqual(events, [
    "open 127.0.0.1 80",
    "busy 99",
    "close 127.0.0.1 80",
    "open 127.0.0.1 81",
    "close 127.0.0.1 81",
  ]);
});
