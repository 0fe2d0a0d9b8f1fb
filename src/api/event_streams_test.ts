import assert from "node:assert/strict";
import { EventStreams, type SentEvent } from "./event_streams.ts";

const LIMITS = { streams: 2, stallMilliseconds: 20, heartbeatMilliseconds: 60_000 };
const EVENT: SentEvent = { event: "e", data: 1 };

/** Events without end, and what has become of their source. */
function endless() {
  const state = { made: 0, ended: Promise.withResolvers<void>() };
  async function* source(): AsyncGenerator<SentEvent> {
    try {
      while (true) {
        state.made++;
        yield EVENT;
      }
    } finally {
      state.ended.resolve();
    }
  }
  return { state, source };
}

const text = (chunk: Uint8Array | undefined) => new TextDecoder().decode(chunk);

Deno.test("EventStreams sends each event with its name, and ends with its source", async () => {
  const streams = new EventStreams(LIMITS);
  const response = streams.start(async function* () {
    yield EVENT;
    yield { event: "f", data: { text: "two\nlines" } };
  });
  assert.equal(
    await response.text(),
    'event: e\ndata: 1\n\nevent: f\ndata: {"text":"two\\nlines"}\n\n',
  );
  assert.equal(streams.open, 0);
});

Deno.test("EventStreams requests an event from its source only when the previous one was taken", async () => {
  const { state, source } = endless();
  const reader = new EventStreams({ ...LIMITS, stallMilliseconds: 60_000 }).start(source).body!.getReader();
  for (let read = 1; read <= 3; read++) await reader.read();
  assert.ok(state.made <= 5, `${state.made} events were made for 3 that were read`);
  await reader.cancel();
  await state.ended.promise;
});

Deno.test("EventStreams disconnects a reader that takes nothing, and sends it the reason", async () => {
  const { state, source } = endless();
  const streams = new EventStreams(LIMITS);
  const response = streams.start(source);
  await state.ended.promise; // nobody reads
  const sent = await response.text();
  assert.equal(
    sent,
    'event: e\ndata: 1\n\nevent: problem\ndata: {"code":"WL_API_READER_SLOW",' +
      '"message":"Cannot continue the stream: the reader took nothing for 0.02 s",' +
      '"remedy":"Read faster, or filter by source and level, and reconnect."}\n\n',
  );
  assert.equal(streams.open, 0);
});

Deno.test("EventStreams aborts the source when the reader disconnects", async () => {
  const streams = new EventStreams(LIMITS);
  const ended = Promise.withResolvers<string>();
  const reader = streams.start(async function* (signal) {
    yield EVENT;
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    ended.resolve("ended");
  }).body!.getReader();
  await reader.read();
  await reader.cancel();
  assert.equal(await ended.promise, "ended");
});

Deno.test("EventStreams refuses a stream beyond the limit, and accepts one again when another has ended", async () => {
  const streams = new EventStreams(LIMITS);
  const waiting = (): AsyncGenerator<SentEvent> => endless().source();
  const first = streams.start(waiting);
  const second = streams.start(waiting);
  assert.throws(() => streams.start(waiting), {
    code: "WL_API_BUSY",
    message: "Cannot open another stream: 2 of 2 are open",
  });
  await first.body!.cancel();
  while (streams.open === 2) await Promise.resolve();
  const third = streams.start(waiting);
  await Promise.all([second.body!.cancel(), third.body!.cancel()]);
  while (streams.open > 0) await Promise.resolve();
});

Deno.test("EventStreams sends a heartbeat when there is nothing else to send", async () => {
  const streams = new EventStreams({ ...LIMITS, heartbeatMilliseconds: 1 });
  // deno-lint-ignore require-yield
  const reader = streams.start(async function* (signal) {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  }).body!.getReader();
  assert.equal(text((await reader.read()).value), ":\n\n");
  await reader.cancel();
});
