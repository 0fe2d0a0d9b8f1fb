import { deepStrictEqual, notStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { FakePipeInstance } from "../../../tests/fakes/fake_pipe_instance.ts";
import { hasHeaderRoom } from "../../streams/header_room.ts";
import { PipeConnection } from "./pipe_connection.ts";

const EMPTY = new Uint8Array();

function connected(): { readonly instance: FakePipeInstance; readonly connection: PipeConnection } {
  const instance = new FakePipeInstance();
  return { instance, connection: new PipeConnection(instance) };
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

Deno.test("PipeConnection.write() sends messages of 64 KiB at most, and none that is empty", async () => {
  const { instance, connection } = connected();
  await connection.write(pattern(150_000));
  await connection.write(EMPTY);
  deepStrictEqual(instance.written.map((message) => message.length), [65_536, 65_536, 18_928]);
});

Deno.test("PipeConnection.closeWrite() sends one empty message, behind a write that waits", async () => {
  const { instance, connection } = connected();
  instance.holdWrites = true;
  const write = connection.write(pattern(10));
  const ended = connection.closeWrite();
  instance.holdWrites = false;
  deepStrictEqual(instance.written, [pattern(10)]);
  instance.takeWrite();
  await write;
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
  const failed = rejects(connection.write(pattern(1)), {
    name: "BrokenPipe",
    message: "Cannot write to the client: the pipe reports 0xc000009a",
  });
  instance.takeWrite(0xc000_009a);
  await failed;
  instance.leave();
  await rejects(connection.write(pattern(1)), { message: "Cannot write to the client: it is gone" });
});

Deno.test("PipeConnection.close() ends a read and a write that wait", async () => {
  const { instance, connection } = connected();
  instance.holdWrites = true;
  const read = connection.read();
  const write = rejects(connection.write(pattern(1)), {
    message: "Cannot write to the client: the connection is closed",
  });
  const ended = connection.closeWrite();
  connection.close();
  connection[Symbol.dispose]();
  strictEqual(await read, null);
  await write;
  await ended;
  strictEqual(instance.closed, true);
  strictEqual(await connection.isGone(), true);
  strictEqual(await connection.read(), null);
  await rejects(connection.write(pattern(1)), {
    message: "Cannot write to the client: this direction is closed",
  });
});
