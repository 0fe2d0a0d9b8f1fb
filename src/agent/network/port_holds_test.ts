import assert from "node:assert/strict";
import { PortHolds } from "./port_holds.ts";

const MAXIMUM = 4;

/** A network in which port 1 is in use. */
function network() {
  const bound: string[] = [];
  const released = Promise.withResolvers<void>();
  const bind = (protocol: string) => (port: number) => {
    if (port === 1) return Promise.reject(new Deno.errors.AddrInUse());
    bound.push(`${protocol} ${port}`);
    return Promise.resolve(() => {
      bound.splice(bound.indexOf(`${protocol} ${port}`), 1);
      released.resolve();
    });
  };
  return { bound, released: released.promise, bind: { tcp: bind("tcp"), udp: bind("udp") } };
}

Deno.test("PortHolds holds the newest list and no more, and leaves alone what is in use", async () => {
  const { bound, bind } = network();
  using holds = new PortHolds(MAXIMUM, bind);
  await holds.hold(
    [{ protocol: "tcp", port: 1 }, { protocol: "tcp", port: 2 }, { protocol: "udp", port: 2 }],
    60_000,
  );
  assert.deepEqual(bound, ["tcp 2", "udp 2"]);
  assert.deepEqual([holds.has("tcp", 1), holds.has("tcp", 2), holds.has("udp", 2)], [false, true, true]);
  await holds.hold([{ protocol: "udp", port: 2 }, { protocol: "udp", port: 3 }], 60_000);
  assert.deepEqual(bound, ["udp 2", "udp 3"]);
  await holds.hold([], 60_000);
  assert.deepEqual(bound, []);
});

Deno.test("PortHolds releases ports after their time", async () => {
  const { bound, bind, released } = network();
  using holds = new PortHolds(MAXIMUM, bind);
  await holds.hold([{ protocol: "tcp", port: 2 }], 1);
  await released;
  assert.deepEqual(bound, []);
});

Deno.test("PortHolds releases all when it is disposed", async () => {
  const { bound, bind } = network();
  {
    using holds = new PortHolds(MAXIMUM, bind);
    await holds.hold([{ protocol: "tcp", port: 2 }, { protocol: "udp", port: 3 }], 60_000);
    assert.equal(bound.length, 2);
  }
  assert.deepEqual(bound, []);
});

Deno.test("PortHolds holds no more ports than it may", async () => {
  const { bound, bind } = network();
  using holds = new PortHolds(MAXIMUM, bind);
  const ports = Array.from({ length: 10 }, (_, index) => ({ protocol: "tcp", port: 10 + index } as const));
  await holds.hold(ports, 60_000);
  assert.deepEqual(bound, ["tcp 10", "tcp 11", "tcp 12", "tcp 13"]);
});
