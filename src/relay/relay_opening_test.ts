import assert from "node:assert/strict";
import { readText, writeText } from "../../tests/fakes/relay_fakes.ts";
import { RelayTrial } from "../../tests/fakes/relay_trial.ts";
import type { Duplex } from "../streams/duplex.ts";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";
import type { UpstreamDuplex } from "./upstream.ts";

const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const GET = "GET /info HTTP/1.1\r\nHost: d\r\n\r\n";

Deno.test("RelayConnection says why the engine cannot be reached, and closes", async () => {
  await using trial = new RelayTrial(() => Promise.reject(new Error("its distro is being replaced")));
  const sent = writeText(trial.client.own, GET);
  const body = '{"message":"Cannot reach the Docker engine: its distro is being replaced"}\n';
  const expected = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n" +
    `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
  assert.equal(await readText(trial.client.own, Infinity), expected);
  await sent;
  trial.client.own.close();
  await trial.ended;
});

Deno.test("RelayConnection refuses HEAD without a body, and what is not HTTP without a word", async () => {
  for (
    const [request, ending] of [["HEAD /_ping HTTP/1.1\r\nHost: d\r\n\r\n", "close\r\n\r\n"], [
      "\x16\x03\x01",
      "",
    ]] as const
  ) {
    await using trial = new RelayTrial(() => Promise.reject(new Error("it is down")));
    const sent = writeText(trial.client.own, request);
    const answer = await readText(trial.client.own, Infinity);
    assert.equal(answer.slice(-ending.length || answer.length), ending);
    await sent;
    trial.client.own.close();
    await trial.ended;
  }
});

Deno.test("RelayConnection cancels the opening when its client goes away meanwhile", async () => {
  const aborted = Promise.withResolvers<void>();
  const opening = Promise.withResolvers<never>();
  await using trial = new RelayTrial((signal) => {
    signal.addEventListener("abort", () => {
      aborted.resolve();
      opening.reject(signal.reason);
    });
    return opening.promise;
  });
  await writeText(trial.client.own, GET);
  await trial.connection.checkClient();
  assert.deepEqual(trial.kinds, ["other GET /info"]);
  trial.client.vanish();
  trial.watch.check();
  await aborted.promise;
  await trial.ended;
});

Deno.test("RelayConnection closes a stream that is opened too late", async () => {
  const opening = Promise.withResolvers<UpstreamDuplex>();
  await using trial = new RelayTrial(() => opening.promise);
  await writeText(trial.client.own, GET);
  trial.connection.close();
  const [near, far] = createMemoryDuplexPair();
  opening.resolve(near);
  assert.equal(await far.read(), null);
  await trial.ended;
});

Deno.test("RelayConnection.letGo() gives the stream back; the next request opens another", async () => {
  const engines: Duplex[] = [];
  await using trial = new RelayTrial(() => {
    const [near, far] = createMemoryDuplexPair();
    engines.push(far);
    return Promise.resolve(near);
  });
  for (const round of [0, 1]) {
    const sent = writeText(trial.client.own, GET);
    while (engines.length <= round) await Promise.resolve();
    const engine = engines[round]!;
    assert.equal(await readText(engine, GET.length), GET);
    await sent;
    trial.connection.letGo();
    assert.deepEqual(trial.kinds, ["other GET /info"], "a request is under way: nothing is given back");
    const answered = writeText(engine, ANSWER);
    assert.equal(await readText(trial.client.own, ANSWER.length), ANSWER);
    await answered;
    while (trial.kinds.length > 0) await Promise.resolve();
    trial.connection.letGo();
    assert.equal(await engine.read(), null, "given back");
  }
  assert.deepEqual(trial.endedRequests, ["other GET /info", "other GET /info"]);
  trial.client.own.close();
  await trial.ended;
});

Deno.test("RelayConnection.letGo() leaves a raw connection and a half request alone", async () => {
  for (const bytes of ["SSH-2.0 hello", "GET /info HT"]) {
    const [near, far] = createMemoryDuplexPair();
    await using trial = new RelayTrial(() => Promise.resolve(near));
    await writeText(trial.client.own, bytes);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    trial.connection.letGo();
    const probe = writeText(far, "still there");
    assert.equal(await readText(trial.client.own, 11), "still there");
    await probe;
  }
});
