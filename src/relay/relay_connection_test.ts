import assert from "node:assert/strict";
import { readText, writeText } from "../../tests/fakes/relay_fakes.ts";
import { RelayTrial } from "../../tests/fakes/relay_trial.ts";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";
import type { UpstreamDuplex } from "./upstream.ts";
import { RELAY_LIMITS } from "./relay_limits.ts";

const GET = "GET /info HTTP/1.1\r\nHost: d\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const UPGRADE = "POST /containers/a/attach HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
const UPGRADED = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
const CREATE =
  'POST /containers/create HTTP/1.1\r\nContent-Length: 33\r\n\r\n{"HostConfig":{"Binds":["/a:/b"]}}';

Deno.test("RelayConnection carries requests and answers over one stream to the engine", async () => {
  await using trial = new RelayTrial();
  await trial.send(GET);
  assert.deepEqual(trial.kinds, ["other GET /info"]);
  await trial.answer(OK);
  assert.deepEqual(trial.kinds, []);
  await trial.send(GET);
  await trial.answer(OK);
  assert.equal(trial.opened, 1);
});

Deno.test("RelayConnection does not open a stream for a client that connects and leaves", async () => {
  await using trial = new RelayTrial();
  trial.client.own.close();
  await trial.ended;
  assert.equal(trial.opened, 0);
});

Deno.test("RelayConnection translates paths of a request on a connection that was refused an exec", async () => {
  await using trial = new RelayTrial();
  await trial.send("POST /exec/a/start HTTP/1.1\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\n{}");
  await trial.answer("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}");
  const body = '{"HostConfig":{"Binds":["/a:/b"]}}';
  const translated = '{"HostConfig":{"Binds":["/mnt/c/a:/b"]}}';
  const head = (text: string) => `POST /containers/create HTTP/1.1\r\nContent-Length: ${text.length}\r\n\r\n`;
  await trial.send(head(body) + body, head(translated) + translated);
});

Deno.test("RelayConnection lets an answer overtake its request", async () => {
  await using trial = new RelayTrial();
  await trial.send("POST /images/load HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  await trial.answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n");
  await trial.send("5\r\nworld\r\n0\r\n\r\n");
  await trial.answer("0\r\n\r\n");
  await trial.send(GET);
});

for (
  const [form, head] of [
    ["101", UPGRADED],
    ["a plain 200", "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"],
  ] as const
) {
  Deno.test(`RelayConnection only copies bytes after ${form} to attach`, async () => {
    await using trial = new RelayTrial();
    await trial.send(UPGRADE);
    await trial.answer(head);
    await trial.send(CREATE); // bytes for the container, though they look like a request
    await trial.answer("\x01\0\0\0\0\0\0\x02hi");
    assert.deepEqual(trial.kinds, ["attach POST /containers/a/attach"]);
  });
}

Deno.test("RelayConnection passes on a client's half-close, and output long after it", async () => {
  await using trial = new RelayTrial();
  await trial.send(UPGRADE);
  await trial.answer(UPGRADED);
  await trial.client.own.closeWrite();
  assert.equal(await trial.engine.read(), null);
  for (let look = 0; look < RELAY_LIMITS.goneChecks * 2; look++) await trial.connection.checkClient();
  await trial.answer("late output");
  await trial.engine.closeWrite();
  assert.equal(await trial.client.own.read(), null);
  await trial.ended;
});

Deno.test("RelayConnection passes on the engine's half-close, and input after it", async () => {
  await using trial = new RelayTrial();
  await trial.send(UPGRADE);
  await trial.answer(UPGRADED);
  await trial.engine.closeWrite();
  assert.equal(await trial.client.own.read(), null);
  await trial.send("more input");
  await trial.client.own.closeWrite();
  assert.equal(await trial.engine.read(), null);
  await trial.ended;
});

Deno.test("RelayConnection ends when the engine leaves a raw stream altogether", async () => {
  await using trial = new RelayTrial();
  await trial.send(UPGRADE);
  await trial.answer(UPGRADED);
  await trial.engine.closeWrite();
  trial.upstreamGone.abort();
  assert.equal(await trial.client.own.read(), null);
  await trial.ended;
});

Deno.test("RelayConnection ends at once when a half-closed client has vanished", async () => {
  await using trial = new RelayTrial();
  await trial.send(UPGRADE);
  await trial.answer(UPGRADED);
  trial.client.vanish();
  assert.equal(await trial.engine.read(), null);
  await trial.ended;
  await assert.rejects(writeText(trial.engine, "late"));
});

Deno.test("RelayConnection ends when a client vanishes after its half-close", async () => {
  await using trial = new RelayTrial();
  await trial.send(UPGRADE);
  await trial.answer(UPGRADED);
  await trial.client.own.closeWrite();
  assert.equal(await trial.engine.read(), null);
  trial.client.vanish();
  trial.watch.check();
  await trial.ended;
});

Deno.test("RelayConnection gives up what a vanished client left behind when the engine does not take it", async () => {
  await using trial = new RelayTrial();
  await trial.send(UPGRADE);
  await trial.answer(UPGRADED);
  await writeText(trial.client.own, "input that nobody reads");
  trial.client.vanish();
  for (let look = 1; look < RELAY_LIMITS.goneChecks; look++) await trial.connection.checkClient();
  assert.deepEqual(trial.kinds.length, 1);
  await trial.connection.checkClient();
  await trial.ended;
});

Deno.test("RelayConnection delivers an early answer of an engine that takes no more", async () => {
  await using trial = new RelayTrial();
  await trial.send("POST /build HTTP/1.1\r\nContent-Length: 1000\r\n\r\nsome");
  await writeText(trial.client.own, "more");
  await trial.answer("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
  trial.engine.close();
  await writeText(trial.client.own, "a client that sends all before it reads");
  assert.equal(await trial.client.own.read(), null);
  trial.client.own.close();
  await trial.ended;
});

Deno.test("RelayConnection ends the client's connection when the engine fails in the middle of an answer", async () => {
  const failure = Promise.withResolvers<null>();
  const [near, far] = createMemoryDuplexPair();
  let reads = 0;
  const upstream: UpstreamDuplex = {
    read: () => reads++ === 0 ? near.read() : failure.promise,
    write: (bytes) => near.write(bytes),
    closeWrite: () => near.closeWrite(),
    close: () => near.close(),
    [Symbol.dispose]: () => near.close(),
  };
  await using trial = new RelayTrial(() => Promise.resolve(upstream));
  const sent = writeText(trial.client.own, GET);
  await readText(far, GET.length);
  await sent;
  const part = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart";
  const answered = writeText(far, part);
  assert.equal(await readText(trial.client.own, part.length), part);
  await answered;
  failure.reject(new Error("the link broke"));
  assert.equal(await trial.client.own.read(), null);
  await trial.ended;
  await assert.rejects(writeText(trial.client.own, GET));
});

Deno.test("RelayConnection asks for a body that it must read first", async () => {
  await using trial = new RelayTrial();
  const head = "POST /containers/create HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  const sent = writeText(trial.client.own, head);
  assert.equal(await readText(trial.client.own, 1), "HTTP/1.1 100 Continue\r\n\r\n");
  await sent;
  await trial.send("{}", "POST /containers/create HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");
});

Deno.test("RelayConnection counts a protocol that it does not know as one raw request", async () => {
  await using trial = new RelayTrial();
  await trial.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  assert.deepEqual(trial.kinds, ["raw"]);
});
