import assert from "node:assert/strict";
import { readText, writeText } from "../../tests/fakes/relay_fakes.ts";
import { RelayTrial } from "../../tests/fakes/relay_trial.ts";
import type { Duplex } from "../streams/duplex.ts";
import { MuxError } from "../mux/mux_error.ts";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";

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

Deno.test("RelayConnection refuses HEAD without a body", async () => {
  await using trial = new RelayTrial(() => Promise.reject(new Error("it is down")));
  const sent = writeText(trial.client.own, "HEAD /_ping HTTP/1.1\r\nHost: d\r\n\r\n");
  assert.match(await readText(trial.client.own, Infinity), /^HTTP\/1\.1 503 .*close\r\n\r\n$/s);
  await sent;
  trial.client.own.close();
  await trial.ended;
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
  const opening = Promise.withResolvers<Duplex>();
  await using trial = new RelayTrial(() => opening.promise);
  await writeText(trial.client.own, GET);
  trial.connection.close();
  const [near, far] = createMemoryDuplexPair();
  opening.resolve(near);
  assert.equal(await far.read(), null);
  await trial.ended;
});

Deno.test("RelayConnection.releaseIdleStream() gives the stream back; the next request opens another", async () => {
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
    trial.connection.releaseIdleStream();
    assert.deepEqual(trial.kinds, ["other GET /info"], "a request is under way: nothing is given back");
    const answered = writeText(engine, ANSWER);
    assert.equal(await readText(trial.client.own, ANSWER.length), ANSWER);
    await answered;
    while (trial.kinds.length > 0) await Promise.resolve();
    trial.connection.releaseIdleStream();
    assert.equal(await engine.read(), null, "given back");
  }
  assert.deepEqual(trial.endedRequests, ["other GET /info", "other GET /info"]);
  trial.client.own.close();
  await trial.ended;
});

Deno.test("RelayConnection.releaseIdleStream() leaves a raw connection and a half request alone", async () => {
  for (const bytes of ["POST /exec/a/start HTTP/1.1\r\n\r\n", "GET /info HT"]) {
    const [near, far] = createMemoryDuplexPair();
    await using trial = new RelayTrial(() => Promise.resolve(near));
    await writeText(trial.client.own, bytes);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    trial.connection.releaseIdleStream();
    const probe = writeText(far, "still there");
    assert.equal(await readText(trial.client.own, 11), "still there");
    await probe;
  }
});

/** A stream that is refused at its first read, as one that was opened before the agent could say no. */
function failing(error: Error | null, answer = ""): Duplex {
  let answered = answer === "";
  const bytes = new TextEncoder().encode(answer);
  return {
    read() {
      if (!answered) {
        answered = true;
        return Promise.resolve(bytes);
      }
      return error === null ? Promise.resolve(null) : Promise.reject(error);
    },
    write: () => error === null ? Promise.resolve() : Promise.reject(error),
    closeWrite: () => Promise.resolve(),
    close() {},
    [Symbol.dispose]() {},
  };
}

for (
  const [name, error, state] of [
    [
      "is refused",
      new MuxError(
        "REFUSED",
        "Cannot use stream 3 to 'unix:/run/docker.sock': the peer refused it: it is broken",
        {
          detail: "it is broken",
        },
      ),
      "it is broken",
    ],
    ["breaks", new MuxError("LINK_ENDED", "the link has ended"), "the link has ended"],
    ["ends", null, "it closed the connection without an answer"],
  ] as const
) {
  Deno.test(`RelayConnection answers for an engine whose stream ${name} before the answer`, async () => {
    for (const request of [GET, "GET /info HT", "POST /build HTTP/1.1\r\nContent-Length: 9\r\n\r\nsome"]) {
      await using trial = new RelayTrial(() => Promise.resolve(failing(error)));
      await writeText(trial.client.own, request);
      const answer = await readText(trial.client.own, Infinity);
      assert.match(answer, /^HTTP\/1\.1 503 Service Unavailable\r\n.*Connection: close\r\n\r\n/s);
      const message = `Cannot reach the Docker engine: ${state}`;
      assert.equal(answer.slice(answer.indexOf("{")), `${JSON.stringify({ message })}\n`);
      trial.client.own.close();
      await trial.ended;
    }
  });
}

Deno.test("RelayConnection cuts the connection where a part of the answer has been sent", async () => {
  const part = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart";
  for (const sent of [part.slice(0, 7), part, "HTTP/1.1 101 UPGRADED\r\n\r\n"]) {
    await using trial = new RelayTrial(() => Promise.resolve(failing(new Error("the link broke"), sent)));
    await writeText(trial.client.own, GET);
    assert.equal(await readText(trial.client.own, Infinity), sent);
    await trial.ended;
  }
});
