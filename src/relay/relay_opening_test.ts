import assert from "node:assert/strict";
import { readText, writeText } from "../../tests/fakes/relay_fakes.ts";
import { RelayTrial } from "../../tests/fakes/relay_trial.ts";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";
import type { UpstreamDuplex } from "./relay_connection.ts";

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
