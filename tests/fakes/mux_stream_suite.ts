import { deepEqual, equal, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import type { MuxSession } from "../../src/mux/mux_session.ts";
import type { Duplex } from "../../src/streams/duplex.ts";
import { NEVER } from "../../src/timing/sleep.ts";

/** A session whose peer serves `mux_peer_services.ts`. */
export interface ServedSession extends AsyncDisposable {
  readonly session: MuxSession;
}

/** One way to reach a peer. */
export interface StreamTransport {
  readonly name: string;
  connect(): Promise<ServedSession>;
  /** Size of the big transfers. */
  readonly bigBytes: number;
}

const HELLO = new TextEncoder().encode("hello");

/** Defines the tests that every transport must pass. */
export function defineStreamTests(transport: StreamTransport): void {
  const test = (behaviour: string, run: (session: MuxSession) => Promise<void>) =>
    Deno.test(`MuxStream over ${transport.name} ${behaviour}`, async () => {
      await using served = await transport.connect();
      await run(served.session);
    });

  test("can read after closeWrite()", async (session) => {
    using stream = session.open("echo");
    await stream.write(HELLO);
    await stream.closeWrite();
    deepEqual(await readAll(stream), HELLO);
    equal(session.streams().length, 0);
  });

  test("can write after the peer's closeWrite()", async (session) => {
    using stream = session.open("source:0");
    equal(await stream.read(), null);
    await stream.write(HELLO); // nobody reads it, but it is allowed
    await stream.closeWrite();
    equal(session.streams().length, 0);
  });

  test("carries a stream without any bytes", async (session) => {
    using stream = session.open("echo");
    await stream.closeWrite();
    equal(await stream.read(), null);
    equal(await stream.read(), null);
  });

  test("carries many bytes both ways at once and unchanged", async (session) => {
    using stream = session.open("echo");
    const [sent, received] = await Promise.all([sendRandom(stream, transport.bigBytes), hashAll(stream)]);
    deepEqual(received, sent);
  });

  test("carries 200 streams side by side", async (session) => {
    await Promise.all(Array.from({ length: 200 }, async (_, index) => {
      using stream = session.open("echo");
      const bytes = new Uint8Array(20_000 + index).fill(index);
      await stream.write(bytes);
      await stream.closeWrite();
      deepEqual(await readAll(stream), bytes);
    }));
    equal(session.streams().length, 0);
  });

  test("does not wait for a stalled stream, whichever end stalls", async (session) => {
    using stalledThere = session.open("stall");
    const stuck = rejects(flood(stalledThere), { code: "CLOSED" });
    using stalledHere = session.open(`source:${64 * 1024 * 1024}`);
    using busy = session.open("echo");
    const [sent, received] = await Promise.all([sendRandom(busy, 4 * 1024 * 1024), hashAll(busy)]);
    deepEqual(received, sent);
    stalledHere.close();
    stalledThere.close();
    await stuck;
  });

  test("rejects with the reason of the peer's reset()", async (session) => {
    using stream = session.open("reset:the engine is gone");
    await stream.write(HELLO);
    const message =
      `Cannot use stream 1 to 'reset:the engine is gone': the peer reset it: the engine is gone`;
    const expected = { name: "MuxError", code: "RESET", message, detail: "the engine is gone" };
    await rejects(stream.read(), expected);
    await rejects(stream.write(HELLO), expected);
    equal(stream.gone.aborted, true);
  });

  test("rejects with its own reset() reason afterwards", async (session) => {
    using stream = session.open("echo");
    const pending = stream.read();
    stream.reset("not wanted");
    stream.close();
    const expected = {
      code: "RESET",
      message: "Cannot use stream 1 to 'echo': it was reset here: not wanted",
    };
    await rejects(pending, expected);
    await rejects(stream.read(), expected);
    await rejects(stream.write(HELLO), expected);
  });

  test("rejects with the reason of a refusal", async (session) => {
    using stream = session.open("refuse:dockerd is down");
    await rejects(stream.read(), {
      code: "REFUSED",
      message: "Cannot use stream 1 to 'refuse:dockerd is down': the peer refused it: dockerd is down",
      detail: "dockerd is down",
    });
    equal(session.streams().length, 0);
  });

  test("delivers what came before the peer's close(), then ends, and is gone", async (session) => {
    using stream = session.open("close");
    await stream.write(HELLO);
    await aborted(stream.gone);
    deepEqual(await readAll(stream), HELLO);
    await rejects(stream.write(HELLO), {
      code: "PEER_CLOSED",
      message: "Cannot use stream 1 to 'close': the peer closed it",
    });
  });

  test("rejects write() after closeWrite(), which may be repeated", async (session) => {
    using stream = session.open("echo");
    await stream.closeWrite();
    await stream.closeWrite();
    await rejects(stream.write(HELLO), {
      code: "WRITE_CLOSED",
      message: "Cannot write to stream 1: closeWrite() was called",
    });
  });

  test("rejects a second read() and a second write() at a time", async (session) => {
    using stream = session.open("stall");
    const read = rejects(stream.read(), {
      code: "CLOSED",
      message: "Cannot use stream 1 to 'stall': it was closed here",
    });
    await rejects(stream.read(), { message: "Cannot read from stream 1: another read is under way" });
    const stuck = rejects(flood(stream), { code: "CLOSED" });
    await rejects(stream.write(new Uint8Array(64 * 1024 * 1024)), {
      message: "Cannot write to stream 1: another write is under way",
    });
    stream.close();
    await read;
    await stuck;
  });

  test("ends with the session and keeps the first reason", async (session) => {
    const stream = session.open("stall");
    const expected = { code: "CLOSED", message: "Cannot use the session: it was closed here" };
    const read = rejects(stream.read(), expected);
    await session.close();
    await session.close();
    await read;
    await rejects(stream.write(HELLO), expected);
    await rejects(session.ping(NEVER), expected);
    equal((await session.closed).message, expected.message);
    equal(stream.gone.aborted, true);
  });

  test("lets ping() measure while a stream is busy", async (session) => {
    using busy = session.open(`source:${transport.bigBytes}`);
    const received = hashAll(busy);
    const started = performance.now();
    const milliseconds = await session.ping(NEVER);
    const passed = performance.now() - started;
    equal(milliseconds >= 0 && milliseconds <= passed, true, `${milliseconds} ms within ${passed} ms`);
    busy.close();
    await received.catch(() => {});
  });
}

/** All that is left to read. */
export async function readAll(stream: Duplex): Promise<Uint8Array> {
  const all: number[] = [];
  for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) {
    for (const byte of bytes) all.push(byte);
  }
  return Uint8Array.from(all);
}

/** Writes until that fails. */
export async function flood(stream: Duplex): Promise<never> {
  const bytes = new Uint8Array(256 * 1024);
  for (;;) await stream.write(bytes);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

interface Digest {
  readonly length: number;
  readonly hash: string;
}

async function sendRandom(stream: Duplex, total: number): Promise<Digest> {
  const hash = createHash("md5");
  const bytes = crypto.getRandomValues(new Uint8Array(65_536));
  let length = 0;
  for (let round = 0; length < total; round++) {
    bytes[round % bytes.length]! += 1; // no two rounds are the same
    const part = bytes.subarray(0, 1 + (round * 7_919) % bytes.length);
    hash.update(part);
    await stream.write(part);
    length += part.length;
  }
  await stream.closeWrite();
  return { length, hash: hash.digest("hex") };
}

async function hashAll(stream: Duplex): Promise<Digest> {
  const hash = createHash("md5");
  let length = 0;
  for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) {
    hash.update(bytes);
    length += bytes.length;
  }
  return { length, hash: hash.digest("hex") };
}
