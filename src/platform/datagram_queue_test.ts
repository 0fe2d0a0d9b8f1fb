import assert from "node:assert/strict";
import { DatagramQueue } from "./datagram_queue.ts";

const PEER = { address: "127.0.0.1", port: 53 };

Deno.test("DatagramQueue sends one at a time, in order, and continues after a failure", async () => {
  const sent: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  let sending = 0;
  const queue = new DatagramQueue(async ([number], peer) => {
    assert.equal(++sending, 1);
    await Promise.resolve();
    sending--;
    sent.push(`${number} to ${peer.address}:${peer.port}`);
    if (number === 1) throw new Deno.errors.ConnectionReset("the peer has gone");
    if (number === 3) resolve();
  });
  const bytes = new Uint8Array(1);
  for (bytes[0] = 1; bytes[0] <= 3; bytes[0]++) queue.add(bytes, PEER);
  await promise;
  assert.deepEqual(sent, ["1 to 127.0.0.1:53", "2 to 127.0.0.1:53", "3 to 127.0.0.1:53"]);
});

Deno.test("DatagramQueue drops what would make too much wait", async () => {
  const sizes: number[] = [];
  const start = Promise.withResolvers<void>();
  const queue = new DatagramQueue(async (datagram) => {
    await start.promise;
    sizes.push(datagram.length);
  });
  for (const size of [1, 500_000, 30_000, 20_000]) queue.add(new Uint8Array(size), PEER);
  start.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(sizes, [1, 500_000, 20_000]);
});
