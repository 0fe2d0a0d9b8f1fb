import { deepEqual, equal, rejects } from "node:assert/strict";
import { type Connection, connectionDuplex } from "./connection_duplex.ts";
import { hasHeaderRoom } from "./header_room.ts";

/** A connection that fills every read and takes three bytes a write. */
function createConnection(replaced: Partial<Connection> = {}): { connection: Connection; calls: string[] } {
  const calls: string[] = [];
  const connection: Connection = {
    read: (buffer) => Promise.resolve(buffer.fill(7).length),
    write: (bytes) => {
      calls.push(`write ${bytes.length}`);
      return Promise.resolve(Math.min(3, bytes.length));
    },
    closeWrite: () => Promise.resolve(void calls.push("closeWrite")),
    close: () => void calls.push("close"),
    ...replaced,
  };
  return { connection, calls };
}

Deno.test("connectionDuplex().read() leaves room for a header, and reads more after a full buffer", async () => {
  using duplex = connectionDuplex(createConnection().connection);
  const first = (await duplex.read())!;
  equal(hasHeaderRoom(first), true);
  equal(hasHeaderRoom(first.subarray(1)), false);
  const lengths = [first.length];
  for (let reads = 0; reads < 3; reads++) lengths.push((await duplex.read())!.length);
  deepEqual(lengths, [4_088, 16_376, 65_528, 65_528]);
});

/** The buffers that a connection is read with while these pieces come. */
async function buffersFor(pieces: readonly number[]): Promise<number[]> {
  const buffers: number[] = [];
  const { connection } = createConnection({
    read: (buffer) => Promise.resolve(Math.min(pieces[buffers.push(buffer.length) - 1]!, buffer.length)),
  });
  using duplex = connectionDuplex(connection);
  while (buffers.length < pieces.length) await duplex.read();
  return buffers;
}

Deno.test("connectionDuplex().read() waits with a small buffer after some small pieces", async () => {
  const pieces = [4_088, 16_376, ...new Array(64).fill(10_000), ...new Array(64).fill(10), 1];
  deepEqual(await buffersFor(pieces), [
    ...[4_088, 16_376],
    ...new Array(64).fill(65_528),
    ...new Array(64).fill(16_376),
    4_088,
  ]);
});

Deno.test("connectionDuplex().read() keeps its buffer while small and large pieces alternate", async () => {
  const pieces = [4_088, 16_376, ...new Array(20).fill([1_000, 1_000, 1_000, 40_000]).flat()];
  deepEqual(await buffersFor(pieces), [4_088, 16_376, ...new Array(80).fill(65_528)]);
});

Deno.test("connectionDuplex().write() continues until all bytes are taken", async () => {
  const { connection, calls } = createConnection();
  const duplex = connectionDuplex(connection);
  await duplex.write(new Uint8Array(7));
  await duplex.closeWrite();
  await duplex.closeWrite();
  duplex.close();
  duplex.close();
  deepEqual(calls, ["write 7", "write 4", "write 1", "closeWrite", "close"]);
});

Deno.test("connectionDuplex().closeWrite() does not mind a peer that is gone, but any other failure", async () => {
  const gone = new Deno.errors.NotConnected("gone");
  const other = new Deno.errors.BadResource("other");
  await connectionDuplex(createConnection({ closeWrite: () => Promise.reject(gone) }).connection)
    .closeWrite();
  const failing = connectionDuplex(createConnection({ closeWrite: () => Promise.reject(other) }).connection);
  await rejects(failing.closeWrite(), other);
});

Deno.test("connectionDuplex().read() resolves to null when close() interrupts it", async () => {
  const reading = Promise.withResolvers<number | null>();
  const duplex = connectionDuplex(createConnection({ read: () => reading.promise }).connection);
  const read = duplex.read();
  duplex.close();
  reading.reject(new Deno.errors.Interrupted("closed"));
  deepEqual([await read, await duplex.read()], [null, null]);
});

Deno.test("connectionDuplex().closeWrite() closes a connection whose input has ended", async () => {
  const { connection, calls } = createConnection({ read: () => Promise.resolve(null) });
  const duplex = connectionDuplex(connection);
  equal(await duplex.read(), null);
  await duplex.closeWrite();
  duplex.close();
  deepEqual(calls, ["close"]);
});
