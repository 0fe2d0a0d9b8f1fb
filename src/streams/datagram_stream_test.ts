import assert from "node:assert/strict";
import { DatagramSplitter, DatagramStream, MAXIMUM_DATAGRAM_BYTES } from "./datagram_stream.ts";
import { createMemoryDuplexPair } from "./memory_duplex.ts";

const SAMPLE = Uint8Array.from([0, 2, 1, 2, 0, 0, 0, 3, 7, 8, 9]);

Deno.test("DatagramSplitter gives the same datagrams wherever the bytes are cut", () => {
  for (let cut = 0; cut <= SAMPLE.length; cut++) {
    const splitter = new DatagramSplitter();
    const found: number[][] = [];
    splitter.push(SAMPLE.subarray(0, cut), (datagram) => found.push([...datagram]));
    splitter.push(SAMPLE.subarray(cut), (datagram) => found.push([...datagram]));
    assert.deepEqual(found, [[1, 2], [], [7, 8, 9]]);
  }
});

Deno.test("DatagramStream carries datagrams of every size, the empty one and the largest included", async () => {
  const [ours, theirs] = createMemoryDuplexPair();
  const sizes: number[] = [];
  const all = Promise.withResolvers<void>();
  const receiver = new DatagramStream(theirs, {
    onDatagram: (datagram) => {
      sizes.push(datagram.length);
      if (sizes.length === 3) all.resolve();
    },
    waitingBytes: 1_000,
  });
  const sender = new DatagramStream(ours, { onDatagram: () => {}, waitingBytes: 100_000 });
  for (const size of [0, MAXIMUM_DATAGRAM_BYTES, 1]) sender.send(new Uint8Array(size));
  await all.promise;
  sender.close();
  await Promise.all([sender.ended, receiver.ended]);
  assert.deepEqual(sizes, [0, MAXIMUM_DATAGRAM_BYTES, 1]);
});

Deno.test("DatagramStream drops what a peer that does not read leaves no room for", async () => {
  const [ours, theirs] = createMemoryDuplexPair();
  const sender = new DatagramStream(ours, { onDatagram: () => {}, waitingBytes: 100 });
  sender.send(new Uint8Array(60));
  sender.send(new Uint8Array(60)); // no room beside the first
  const sizes: number[] = [];
  const received = Promise.withResolvers<void>();
  const receiver = new DatagramStream(theirs, {
    onDatagram: (datagram) => {
      sizes.push(datagram.length);
      if (datagram.length === 5) received.resolve();
      else sender.send(new Uint8Array(5));
    },
    waitingBytes: 0,
  });
  await received.promise;
  assert.deepEqual(sizes, [60, 5]);
  receiver.close();
  await sender.ended;
});

Deno.test("DatagramStream writes what is sent in one turn together, and in order", async () => {
  const writes: number[][] = [];
  const stream = {
    read: () => new Promise<null>(() => {}),
    write: (bytes: Uint8Array) => Promise.resolve(void writes.push([...bytes])),
    closeWrite: () => Promise.resolve(),
    close: () => {},
    [Symbol.dispose]: () => {},
  };
  const sender = new DatagramStream(stream, { onDatagram: () => {}, waitingBytes: 100 });
  sender.send(Uint8Array.of(1));
  sender.send(Uint8Array.of(2, 3));
  await new Promise((resolve) => setTimeout(resolve));
  sender.send(Uint8Array.of(4));
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(writes, [[0, 1, 1, 0, 2, 2, 3], [0, 1, 4]]);
});
