import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { BufferPool } from "./buffer_pool.ts";
import { MAXIMUM_HELD_BUFFERS, MAXIMUM_SPARE_BUFFERS } from "./mux_limits.ts";
import { ReceiveQueue } from "./receive_queue.ts";

/** As the session does for each read: a buffer that nobody holds, filled from the start. */
function readLink(pool: BufferPool, bytes: Uint8Array): Uint8Array {
  const buffer = pool.next();
  buffer.bytes.set(bytes);
  return buffer.bytes.subarray(0, bytes.length);
}

function drain(queue: ReceiveQueue): number[] {
  const all: number[] = [];
  for (let bytes = queue.shift(); bytes !== null; bytes = queue.shift()) all.push(...bytes);
  return all;
}

Deno.test("ReceiveQueue.shift() gives back all bytes in order, whatever their sizes and other readers", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 5_000 }), { maxLength: 60 });
  fc.assert(
    fc.property(sizes, fc.array(fc.boolean(), { maxLength: 60 }), (lengths, reads) => {
      const pool = new BufferPool();
      const queue = new ReceiveQueue(pool);
      const expected: number[] = [];
      const seen: number[] = [];
      lengths.forEach((length, index) => {
        const bytes = new Uint8Array(length).fill(index + 1);
        expected.push(...bytes);
        queue.push(readLink(pool, bytes));
        if (reads[index]) seen.push(...queue.shift() ?? []);
      });
      seen.push(...drain(queue));
      deepEqual(seen, expected);
      equal(queue.isEmpty, true);
    }),
    { numRuns: 30 },
  );
});

Deno.test("ReceiveQueue.lend() keeps the bytes until the next call although the link reads on", () => {
  const pool = new BufferPool();
  const queue = new ReceiveQueue(pool);
  const lent = queue.lend(readLink(pool, Uint8Array.of(1, 2, 3)));
  readLink(pool, Uint8Array.of(9, 9, 9));
  deepEqual([...lent], [1, 2, 3]);
});

Deno.test("ReceiveQueue.push() packs small payloads into few pieces", () => {
  const pool = new BufferPool();
  const queue = new ReceiveQueue(pool);
  for (let count = 0; count < 10_000; count++) queue.push(readLink(pool, Uint8Array.of(count)));
  let pieces = 0;
  while (queue.shift() !== null) pieces++;
  equal(pieces < 5, true, `${pieces} pieces`);
});

Deno.test("ReceiveQueue.push() packs what a chatty writer sends into pieces as large as one read of the link", () => {
  const pool = new BufferPool();
  const queue = new ReceiveQueue(pool);
  for (let count = 0; count < 30; count++) queue.push(readLink(pool, new Uint8Array(4_096).fill(count)));
  deepEqual([queue.shift()!.length, queue.shift()!.length, queue.shift()], [65_536, 57_344, null]);
});

Deno.test("ReceiveQueue.push() packs into no buffer that a link without readInto() has left smaller", () => {
  const pool = new BufferPool();
  const queue = new ReceiveQueue(pool);
  for (let count = 0; count < 20; count++) {
    const bytes = pool.next().bytes = new Uint8Array(20_000).fill(count); // too large to be packed: it is held
    queue.push(bytes);
    queue.shift();
  }
  for (let count = 0; count < 8; count++) queue.push(new Uint8Array(16_000).fill(count));
  equal(drain(queue).length, 8 * 16_000);
});

Deno.test("ReceiveQueue.push() copies once too many read buffers are held, and clear() gives them back", () => {
  const pool = new BufferPool();
  const queues = Array.from({ length: MAXIMUM_HELD_BUFFERS + 5 }, () => new ReceiveQueue(pool));
  const payload = new Uint8Array(3_000).fill(7);
  for (const queue of queues) queue.push(readLink(pool, payload));
  readLink(pool, payload);
  equal(pool.mayHold(), false);
  deepEqual(drain(queues.at(-1)!), [...payload]);
  for (const queue of queues) queue.clear();
  equal(pool.mayHold(), true);
});

Deno.test("ReceiveQueue.clear() leaves lent bytes as they are although the link reads on", () => {
  const pool = new BufferPool();
  const [waiting, queueing] = [new ReceiveQueue(pool), new ReceiveQueue(pool)];
  const lent = waiting.lend(readLink(pool, new Uint8Array(20_000).fill(1)));
  queueing.push(readLink(pool, new Uint8Array(20_000).fill(2)));
  const taken = queueing.shift()!;
  waiting.clear();
  queueing.clear();
  for (let count = 0; count < 2 * MAXIMUM_SPARE_BUFFERS; count++) {
    new ReceiveQueue(pool).push(readLink(pool, new Uint8Array(20_000).fill(9)));
  }
  deepEqual([lent.every((byte) => byte === 1), taken.every((byte) => byte === 2)], [true, true]);
});
