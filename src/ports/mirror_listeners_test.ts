import assert from "node:assert/strict";
import { WindlassError } from "../errors/windlass_error.ts";
import { NO_LOG } from "../logging/log.ts";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";
import { parseListeners, requestsFor } from "./listener_requests.ts";
import { NetworkListeners } from "./mirror_listeners.ts";
import { PORT_LIMITS } from "./port_limits.ts";
import type { PortRequest } from "./port_request.ts";

const ENCODER = new TextEncoder();

Deno.test("requestsFor() opens both loopback addresses, and no other", () => {
  const opened = (...addresses: string[]) =>
    [...requestsFor(addresses.map((address) => ({ protocol: "tcp", address, port: 80 }))).values()]
      .flat().map((request) => `${request.hostAddress} to ${request.containerAddress}`);
  assert.deepEqual(opened("0.0.0.0"), ["127.0.0.1 to 127.0.0.1", "::1 to 127.0.0.1"]);
  assert.deepEqual(opened("127.0.0.5"), ["127.0.0.1 to 127.0.0.5", "::1 to 127.0.0.5"]);
  assert.deepEqual(opened("::"), ["127.0.0.1 to ::1", "::1 to ::1"]);
  assert.deepEqual(opened("::1"), ["127.0.0.1 to ::1", "::1 to ::1"]);
  assert.deepEqual(opened("::1", "127.0.0.1"), ["127.0.0.1 to 127.0.0.1", "::1 to ::1"]);
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

/** Ports of which some addresses are taken, and an agent that lists listeners. */
function newTrial(taken: Record<string, WindlassError["code"]> = {}) {
  const events: string[] = [];
  let seen = Promise.withResolvers<void>();
  const happened = (event: string) => {
    events.push(event);
    seen.resolve();
  };
  const ports = {
    isPublished: (_: unknown, port: number) => port === 8080,
    publish: ({ hostAddress, hostPort }: PortRequest) => {
      const where = `${hostAddress} ${hostPort}`;
      const code = taken[where];
      if (code !== undefined) {
        happened(`busy ${where}`);
        return Promise.reject(new WindlassError(code, "Cannot publish the port: it is taken"));
      }
      happened(`open ${where}`);
      return Promise.resolve(() => Promise.resolve(happened(`close ${where}`)));
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
  const end = async () => {
    await agent.closeWrite();
    await followed;
    return events;
  };
  return { agent, list, end };
}

Deno.test("NetworkListeners opens what is listed, closes what is not any more, and all at the end", async () => {
  const { list, end } = newTrial({ "127.0.0.1 99": "WL_PORT_BUSY" });
  await list(80, 8080);
  await list(80, 99);
  await list(81, 99);
  assert.deepEqual(await end(), [
    ...["open 127.0.0.1 80", "open ::1 80", "busy 127.0.0.1 99", "close 127.0.0.1 80", "close ::1 80"],
    ...["open 127.0.0.1 81", "open ::1 81", "close 127.0.0.1 81", "close ::1 81"],
  ]);
});

Deno.test("NetworkListeners opens neither family of a port of which another program holds one", async () => {
  const ipv6 = newTrial({ "::1 80": "WL_PORT_BUSY" });
  await ipv6.list(80);
  assert.deepEqual(await ipv6.end(), ["open 127.0.0.1 80", "busy ::1 80", "close 127.0.0.1 80"]);
  const ipv4 = newTrial({ "127.0.0.1 80": "WL_PORT_BUSY" });
  await ipv4.list(80);
  assert.deepEqual(await ipv4.end(), ["busy 127.0.0.1 80"]);
});

Deno.test("NetworkListeners keeps to IPv4 on a machine without IPv6", async () => {
  const { list, end } = newTrial({ "::1 80": "WL_PORT_ADDRESS" });
  await list(80);
  assert.deepEqual(await end(), ["open 127.0.0.1 80", "busy ::1 80", "close 127.0.0.1 80"]);
});

Deno.test("NetworkListeners takes no line that is longer than a list, and works on after it", async () => {
  const { agent, list, end } = newTrial();
  const part = ENCODER.encode(" ".repeat(16 * 1024));
  for (let sent = 0; sent < 64 * PORT_LIMITS.listenersLineBytes; sent += part.length) await agent.write(part);
  await agent.write(ENCODER.encode("\n"));
  await list(80);
  assert.deepEqual((await end()).slice(0, 2), ["open 127.0.0.1 80", "open ::1 80"]);
});
