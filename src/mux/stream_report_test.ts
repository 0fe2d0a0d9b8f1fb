import assert from "node:assert/strict";
import type { LogFields } from "../logging/log.ts";
import { NO_LOG } from "../logging/log.ts";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";
import { openMuxSession } from "./mux_session.ts";
import type { MuxStream } from "./mux_stream.ts";

const WINDOW = 16;

Deno.test("MuxSession.streams() shows bytes, credit and ended sides, and each stream is logged", async () => {
  const [ours, theirs] = createMemoryDuplexPair();
  const accepted = Promise.withResolvers<MuxStream>();
  const limits = { initialWindow: WINDOW, maximumWindow: WINDOW };
  const logged: LogFields[] = [];
  await using peer = openMuxSession(theirs, {
    role: "agent",
    accept: (stream) => accepted.resolve(stream.accept()),
    log: NO_LOG,
    limits,
  });
  await using session = openMuxSession(ours, {
    role: "host",
    accept: (stream) => stream.refuse("none"),
    log: (level, event, fields) => void (level === "debug" && logged.push({ ...fields, event })),
    limits,
  });
  await session.ready;
  const stream = session.open("echo");
  const written = stream.write(new Uint8Array(20));
  const other = await accepted.promise;
  await session.ping(new AbortController().signal); // all frames have arrived
  const shown = { id: 1, target: "echo", receiveWindow: WINDOW, sendClosed: false, receiveClosed: false };
  assert.deepEqual(session.streams().map((report) => ({ ...report, ageMs: 0 })), [{
    ...shown,
    ageMs: 0,
    queuedBytes: 4,
    sendCredit: 0,
    sentBytes: WINDOW,
    bufferedBytes: 0,
    receivedBytes: 0,
  }]);
  assert.deepEqual(peer.streams().map((report) => ({ ...report, ageMs: 0 })), [{
    ...shown,
    ageMs: 0,
    queuedBytes: 0,
    sendCredit: WINDOW,
    sentBytes: 0,
    bufferedBytes: WINDOW,
    receivedBytes: WINDOW,
  }]);

  await other.read();
  await written;
  await stream.closeWrite();
  assert.equal(session.streams()[0]!.sendClosed, true);
  stream.close();
  assert.deepEqual(session.streams(), []);
  const lines = logged.filter(({ event }) => String(event).startsWith("mux.stream"));
  assert.deepEqual(lines.map(({ milliseconds: _, ...line }) => line), [
    { event: "mux.stream.opened", stream: 1, target: "echo" },
    { event: "mux.stream.closed", stream: 1, target: "echo", sent: 20, received: 0 },
  ]);
});
