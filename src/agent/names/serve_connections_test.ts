import assert from "node:assert/strict";
import { dnsFrame } from "./dns_frames.ts";
import { NAME_LIMITS } from "./name_limits.ts";
import { type NameConnection, serveConnection } from "./serve_connections.ts";

/** A connection whose bytes come as they are cut, and which then ends. */
function connection(chunks: readonly Uint8Array[]) {
  const waiting = [...chunks];
  const written: number[] = [];
  let closed = false;
  const subject: NameConnection = {
    read: (buffer) => {
      const chunk = waiting.shift();
      if (chunk === undefined || closed) return Promise.resolve(null);
      const part = chunk.subarray(0, buffer.length);
      if (part.length < chunk.length) waiting.unshift(chunk.subarray(part.length));
      buffer.set(part);
      return Promise.resolve(part.length);
    },
    write: (bytes) => {
      if (closed) return Promise.reject(new Deno.errors.BadResource("closed"));
      // As little at a time as a slow client takes.
      const part = bytes.subarray(0, 3);
      written.push(...part);
      return Promise.resolve(part.length);
    },
    [Symbol.dispose]: () => {
      closed = true;
    },
  };
  return { subject, written, isClosed: () => closed };
}

/** Answers with the message itself: at once those of one byte, the others when they are released. */
function echo() {
  const open: (() => void)[] = [];
  const ask = ({ query }: { query: Uint8Array }) =>
    new Promise<Uint8Array>((resolve) => open.push(() => resolve(query)));
  const reply = (query: Uint8Array) =>
    query.length === 0
      ? { kind: "none" } as const
      : query.length === 1
      ? { kind: "answer", answer: query } as const
      : { kind: "question", asked: { query, question: { name: "", type: 1, end: 0 } } } as const;
  return { resolver: { ask, reply }, open };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

Deno.test("serveConnection() answers several questions of one connection, however they are cut", async () => {
  const bytes = [[1], [2], [3]].flatMap((each) => [...dnsFrame(Uint8Array.from(each))]);
  const { subject, written, isClosed } = connection(bytes.map((byte) => Uint8Array.of(byte)));
  await serveConnection(subject, echo().resolver);
  assert.deepEqual(written, bytes);
  assert.equal(isClosed(), true);
});

Deno.test("serveConnection() answers in the order of the answers, each whole, even after the client's end", async () => {
  const first = dnsFrame(Uint8Array.of(1, 1, 1, 1));
  const second = dnsFrame(Uint8Array.of(2, 2, 2));
  const { subject, written } = connection([first, second]);
  const { resolver, open } = echo();
  const over = serveConnection(subject, resolver);
  await tick();
  open[1]!();
  open[0]!();
  await over;
  assert.deepEqual(written, [...second, ...first]);
});

Deno.test("serveConnection() leaves further questions in the connection", async () => {
  const count = NAME_LIMITS.questionsPerConnection;
  const frames = Array.from({ length: count + 2 }, (_, index) => dnsFrame(Uint8Array.of(index, 0)));
  const { subject } = connection(frames);
  const { resolver, open } = echo();
  const over = serveConnection(subject, resolver);
  await tick();
  assert.equal(open.length, count);
  open[0]!();
  await tick();
  assert.equal(open.length, count + 1);
  for (let index = 1; index < count + 2; index++) {
    await tick();
    open[index]!();
  }
  await over;
});

Deno.test("serveConnection() ends with a message that is not a query, and with a client that has gone", async () => {
  const noQuery = connection([dnsFrame(new Uint8Array()), dnsFrame(Uint8Array.of(1))]);
  await serveConnection(noQuery.subject, echo().resolver);
  assert.deepEqual([noQuery.written, noQuery.isClosed()], [[], true]);

  const gone = connection([dnsFrame(Uint8Array.of(1, 1))]);
  const { resolver, open } = echo();
  const over = serveConnection(gone.subject, resolver);
  await tick();
  gone.subject[Symbol.dispose]();
  open[0]!();
  await over;
  assert.deepEqual(gone.written, []);
});
