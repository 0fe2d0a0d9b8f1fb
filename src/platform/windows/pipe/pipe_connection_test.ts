import { deepStrictEqual, notStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { FakePipeInstance } from "../../../../tests/fakes/fake_pipe_instance.ts";
import { hasHeaderRoom } from "../../../streams/header_room.ts";
import { PipeConnection } from "./pipe_connection.ts";

const EMPTY = new Uint8Array();

function connected(): { readonly instance: FakePipeInstance; readonly connection: PipeConnection } {
  const instance = new FakePipeInstance();
  return { instance, connection: new PipeConnection(instance) };
}

/** Lets what was resolved be dealt with. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

/** `length` bytes, none of which is like its neighbours. */
function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index * 7);
}

Deno.test("PipeConnection reads the parts of a message that is longer than its buffer", async () => {
  const { instance, connection } = connected();
  const message = pattern(100_000);
  instance.send(message);
  const parts: Uint8Array[] = [];
  while (parts.reduce((sum, part) => sum + part.length, 0) < message.length) {
    const part = await connection.read();
    ok(part !== null && hasHeaderRoom(part));
    parts.push(part.slice());
  }
  deepStrictEqual(instance.reads, [4_088, 65_528, 65_528]);
  deepStrictEqual(Uint8Array.from(parts.flatMap((part) => [...part])), message);
});

Deno.test("PipeConnection takes an empty message for the end of the client's direction", async () => {
  const { instance, connection } = connected();
  instance.send(pattern(3));
  instance.send(EMPTY);
  deepStrictEqual(await connection.read(), pattern(3));
  strictEqual(await connection.read(), null);
  strictEqual(await connection.read(), null);
  strictEqual(instance.reads.length, 2);
  strictEqual(await connection.isGone(), false);
  await connection.write(pattern(5));
  deepStrictEqual(instance.written, [pattern(5)]);
});

Deno.test("PipeConnection uses the buffer of a connection that has ended", async () => {
  const first = connected();
  first.instance.send(pattern(3));
  const buffer = (await first.connection.read())?.buffer;
  const second = connected();
  second.instance.send(pattern(3));
  notStrictEqual((await second.connection.read())?.buffer, buffer);
  first.instance.leave();
  strictEqual(await first.connection.read(), null);
  const third = connected();
  third.instance.send(pattern(3));
  strictEqual((await third.connection.read())?.buffer, buffer);
});

Deno.test("PipeConnection reads what a client had sent before it left", async () => {
  const { instance, connection } = connected();
  instance.send(pattern(3));
  instance.leave();
  strictEqual(await connection.isGone(), true);
  deepStrictEqual(await connection.read(), pattern(3));
  strictEqual(await connection.read(), null);
});

Deno.test("PipeConnection.read() names a failure of the pipe, and ends", async () => {
  const { instance, connection } = connected();
  const read = rejects(connection.read(), {
    name: "ConnectionReset",
    message: "Cannot read from the client: the pipe reports 0xc000009a",
  });
  instance.failRead(0xc000_009a);
  await read;
  strictEqual(await connection.read(), null);
});

Deno.test("PipeConnection.write() sends messages that fit a buffer, and none that is empty", async () => {
  const { instance, connection } = connected();
  await connection.write(pattern(150_000));
  await connection.write(EMPTY);
  deepStrictEqual(instance.written.map((message) => message.length), [65_528, 65_528, 18_944]);
});

Deno.test("PipeConnection.write() copies, and waits only behind four messages that are not read", async () => {
  const { instance, connection } = connected();
  instance.holdWrites = true;
  const bytes = pattern(10);
  for (let index = 0; index < 4; index++) await connection.write(bytes);
  let resolved = false;
  const fifth = connection.write(bytes).then(() => resolved = true);
  await Promise.resolve();
  strictEqual(resolved, false);
  bytes.fill(0);
  instance.takeWrite();
  await fifth;
  deepStrictEqual(instance.written.slice(0, 4), Array(4).fill(pattern(10)));
  strictEqual(instance.written.length, 5);
  connection.close();
  instance.close();
});

Deno.test("PipeConnection.closeWrite() sends one empty message, when the client has read what is before it", async () => {
  const { instance, connection } = connected();
  instance.holdWrites = true;
  await connection.write(pattern(10));
  const ended = connection.closeWrite();
  instance.holdWrites = false;
  await Promise.resolve();
  deepStrictEqual(instance.written, [pattern(10)]);
  instance.takeWrite();
  await ended;
  await connection.closeWrite();
  deepStrictEqual(instance.written, [pattern(10), EMPTY]);
  await rejects(connection.write(pattern(1)), {
    name: "BrokenPipe",
    message: "Cannot write to the client: this direction is closed",
  });
});

Deno.test("PipeConnection.closeWrite() has nothing to do for a client that has left", async () => {
  const { instance, connection } = connected();
  instance.leave();
  await connection.closeWrite();
  deepStrictEqual(instance.written, []);
});

Deno.test("PipeConnection.write() says that the client is gone, or what the pipe reports", async () => {
  const { instance, connection } = connected();
  instance.holdWrites = true;
  await connection.write(pattern(1));
  const ended = rejects(connection.closeWrite(), {
    name: "BrokenPipe",
    message: "Cannot write to the client: the pipe reports 0xc000009a",
  });
  instance.takeWrite(0xc000_009a);
  await ended;

  const other = connected();
  other.instance.leave();
  await other.connection.write(pattern(1));
  await rejects(other.connection.write(pattern(1)), {
    name: "BrokenPipe",
    message: "Cannot write to the client: it is gone",
  });
});

Deno.test("PipeConnection.close() ends a read and a write that wait", async () => {
  const { instance, connection } = connected();
  instance.holdWrites = true;
  const read = connection.read();
  const write = rejects(connection.write(pattern(300_000)), {
    message: "Cannot write to the client: the connection is closed",
  });
  connection.close();
  connection[Symbol.dispose]();
  strictEqual(await read, null);
  await write;
  strictEqual(await connection.isGone(), true);
  strictEqual(await connection.read(), null);
  await connection.closeWrite();
  await rejects(connection.write(pattern(1)), {
    message: "Cannot write to the client: this direction is closed",
  });
  strictEqual(instance.closed, false);
  instance.leave();
  await instance.ended;
});

Deno.test("PipeConnection.close() waits for the client to read, but not for ever", async () => {
  const { instance, connection } = connected();
  instance.holdWrites = true;
  await connection.write(pattern(1));
  const ended = connection.closeWrite();
  connection.close();
  instance.takeWrite();
  await settle();
  deepStrictEqual(instance.written, [pattern(1), EMPTY]);
  strictEqual(instance.closed, false);
  instance.takeWrite();
  await ended;
  await instance.ended;

  const other = new FakePipeInstance();
  other.holdWrites = true;
  const impatient = new PipeConnection(other, 1);
  await impatient.write(pattern(1));
  impatient.close();
  strictEqual(other.closed, false);
  await other.ended;
});

Deno.test("PipeConnection.closeWrite() does not wait for a client that never reads the empty message", async () => {
  const { instance, connection } = connected();
  await connection.write(pattern(1));
  instance.holdWrites = true;
  await connection.closeWrite();
  deepStrictEqual(instance.written, [pattern(1), EMPTY]);
  strictEqual(instance.closed, false);
  connection.close();
  strictEqual(instance.closed, true);
});
