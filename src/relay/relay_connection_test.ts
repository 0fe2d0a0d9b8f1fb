import assert from "node:assert/strict";
import { readText, writeText } from "../../tests/fakes/relay_fakes.ts";
import { RelayTrial } from "../../tests/fakes/relay_trial.ts";
import type { Duplex } from "../streams/duplex.ts";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";
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
  assert.deepEqual(trial.kinds, ["attach POST /containers/a/attach"]);
  const sent = writeText(trial.engine, "late output");
  assert.equal(new TextDecoder().decode((await trial.client.own.read())!), "late output");
  await sent;
  await trial.engine.closeWrite();
  assert.equal(await trial.client.own.read(), null);
  await trial.ended;
});

Deno.test("RelayConnection writes nothing of its own into a raw stream", async () => {
  await using trial = new RelayTrial();
  await trial.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  await trial.client.own.closeWrite();
  assert.equal(await trial.engine.read(), null);
  await trial.engine.closeWrite();
  assert.equal(await trial.client.own.read(), null);
  await trial.ended;
});

Deno.test("RelayConnection ends a raw stream for both sides when the engine ends it", async () => {
  for (const endsItself of [true, false]) {
    await using trial = new RelayTrial();
    await trial.send(UPGRADE);
    await trial.answer(UPGRADED);
    await trial.engine.closeWrite();
    assert.equal(await trial.client.own.read(), null);
    // The stream is free at once, and nothing counts as under way, whatever the client does.
    await assert.rejects(writeText(trial.engine, "late"));
    assert.deepEqual(trial.kinds, []);
    if (endsItself) trial.client.own.close();
    await trial.ended;
    assert.deepEqual(trial.endedRequests, ["attach POST /containers/a/attach"]);
    await assert.rejects(writeText(trial.client.own, "late"));
  }
});

Deno.test("RelayConnection takes what a client still sends after the end of a raw stream", async () => {
  await using trial = new RelayTrial();
  await trial.send(UPGRADE);
  await trial.answer(UPGRADED);
  await trial.engine.closeWrite();
  assert.equal(await trial.client.own.read(), null);
  for (let index = 0; index < 100; index++) await writeText(trial.client.own, "input that nobody reads");
  trial.client.own.close();
  await trial.ended;
});

Deno.test("RelayConnection writes the head of a raw stream by itself", async () => {
  await using trial = new RelayTrial();
  await trial.send(UPGRADE);
  const sent = writeText(trial.engine, `${UPGRADED}output`);
  assert.equal(new TextDecoder().decode((await trial.client.own.read())!), UPGRADED);
  assert.equal(new TextDecoder().decode((await trial.client.own.read())!), "output");
  await sent;
});

Deno.test("RelayConnection leaves what follows an exec with the client until that is answered", async () => {
  const exec = "POST /exec/a/start HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";
  for (const refused of [true, false]) {
    await using trial = new RelayTrial();
    const create = CREATE.replace("33", "34");
    const sent = writeText(trial.client.own, exec + create);
    assert.equal(await readText(trial.engine, exec.length), exec);
    await sent;
    assert.deepEqual(trial.kinds, ["exec POST /exec/a/start"]);
    const expected = refused ? create.replace("34", "40").replace("/a:", "/mnt/c/a:") : create;
    const answered = trial.answer(
      refused ? "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}" : UPGRADED,
    );
    assert.equal(await readText(trial.engine, expected.length), expected);
    await answered;
  }
});

Deno.test("RelayConnection notices that a client vanishes whose next bytes it does not take", async () => {
  await using trial = new RelayTrial();
  await trial.send("POST /exec/a/start HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");
  await writeText(trial.client.own, "early input");
  trial.client.vanish();
  trial.watch.check();
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
  const upstream: Duplex = {
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

Deno.test("RelayConnection refuses a protocol that it does not know", async () => {
  await using trial = new RelayTrial();
  const sent = writeText(trial.client.own, "GET / HTTP/3.0\r\n\r\n");
  const body = '{"message":"Cannot take this request: the relay supports HTTP/1 only"}\n';
  assert.equal(
    await readText(trial.client.own, Infinity),
    "HTTP/1.1 505 HTTP Version Not Supported\r\nContent-Type: application/json\r\n" +
      `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
  await sent;
  trial.client.own.close();
  await trial.ended;
  assert.equal(await trial.engine.read(), null);
});

Deno.test("RelayConnection counts HTTP/2 without an upgrade as one raw request", async () => {
  await using trial = new RelayTrial();
  await trial.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  assert.deepEqual(trial.kinds, ["raw"]);
});
