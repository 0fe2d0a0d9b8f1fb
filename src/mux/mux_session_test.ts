import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { encodeFrame } from "../../tests/fakes/mux_frame.ts";
import { RawPeer } from "../../tests/fakes/mux_raw_peer.ts";
import { NO_LOG } from "../logging/log.ts";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";
import { NEVER } from "../timing/sleep.ts";
import { encodeText, encodeUint32, FRAME_TYPE, type FrameType } from "./frame.ts";
import type { MuxErrorCode } from "./mux_error.ts";
import {
  type IncomingStream,
  type MuxSession,
  type MuxSessionOptions,
  openMuxSession,
} from "./mux_session.ts";

function openHost(options: Partial<MuxSessionOptions> = {}): { session: MuxSession; peer: RawPeer } {
  const [ours, theirs] = createMemoryDuplexPair();
  const session = openMuxSession(ours, {
    role: "host",
    accept: (stream) => stream.refuse("nothing here"),
    log: NO_LOG,
    ...options,
  });
  return { session, peer: new RawPeer(theirs) };
}

interface Fault {
  readonly what: string;
  readonly frames: readonly Uint8Array[];
  readonly code: MuxErrorCode;
  readonly message: string;
}

const OPEN_2 = encodeFrame(FRAME_TYPE.OPEN, 2, encodeText("rpc"));
const FAULTS: readonly Fault[] = [
  fault(
    "an unknown frame type",
    [Uint8Array.of(77, 0, 0, 0, 0, 0, 0, 1)],
    "Cannot read a frame: type 77 is unknown",
  ),
  fault("an OPEN with our own parity", [open(3)], "Cannot accept stream 3: the peer may not use this id now"),
  fault("an OPEN of a used id", [OPEN_2, OPEN_2], "Cannot accept stream 2: the peer may not use this id now"),
  fault(
    "an OPEN of a lower id",
    [open(6), open(4)],
    "Cannot accept stream 4: the peer may not use this id now",
  ),
  fault("DATA for a stream that never was", [data(2, 1)], "Cannot accept DATA: stream 2 was never opened"),
  fault(
    "FIN for a stream of ours that never was",
    [encodeFrame(FRAME_TYPE.FIN, 7)],
    "Cannot accept a frame: stream 7 was never opened",
  ),
  fault(
    "DATA after FIN",
    [OPEN_2, encodeFrame(FRAME_TYPE.FIN, 2), data(2, 1)],
    "Cannot accept DATA: stream 2 had its FIN",
  ),
  fault(
    "two FINs",
    [OPEN_2, encodeFrame(FRAME_TYPE.FIN, 2), encodeFrame(FRAME_TYPE.FIN, 2)],
    "Cannot accept FIN: stream 2 had one",
  ),
  fault(
    "a WINDOW of nothing",
    [OPEN_2, encodeFrame(FRAME_TYPE.WINDOW, 2, encodeUint32(0))],
    "Cannot add 0 bytes of credit: it is 1048576",
  ),
  fault(
    "a WINDOW beyond all bounds",
    [OPEN_2, encodeFrame(FRAME_TYPE.WINDOW, 2, encodeUint32(0x7fff_ffff))],
    "Cannot add 2147483647 bytes of credit: it is 1048576",
  ),
  fault(
    "a target that is not UTF-8",
    [encodeFrame(FRAME_TYPE.OPEN, 2, Uint8Array.of(0xff))],
    "Cannot read a frame: its text is not UTF-8",
  ),
  {
    what: "DATA beyond the window",
    frames: [OPEN_2, data(2, 600), data(2, 600)],
    code: "WINDOW_EXCEEDED",
    message: "Cannot accept 600 bytes: the credit is 400",
  },
];

function fault(what: string, frames: readonly Uint8Array[], message: string): Fault {
  return { what, frames, code: "PROTOCOL", message };
}

function open(id: number): Uint8Array {
  return encodeFrame(FRAME_TYPE.OPEN, id, encodeText("rpc"));
}

function data(id: number, length: number): Uint8Array {
  return encodeFrame(FRAME_TYPE.DATA, id, new Uint8Array(length));
}

for (const { what, frames, code, message } of FAULTS) {
  Deno.test(`MuxSession ends with ${code}, and says so to the peer, for ${what}`, async () => {
    const { session, peer } = openHost({
      accept: (stream) => void stream.accept(),
      limits: { initialWindow: 1_000 },
    });
    const stream = session.open("stays open");
    const read = rejects(stream.read(), { code, message });
    await peer.greet();
    equal((await peer.next())?.type, FRAME_TYPE.OPEN);
    const sent = peer.rest();
    for (const frame of frames) await peer.sendBytes(frame);
    const reason = await session.closed;
    deepEqual([reason.code, reason.message], [code, message]);
    await read;
    const last = (await sent).at(-1);
    deepEqual([last?.type, last?.payload], [FRAME_TYPE.GOAWAY, Uint8Array.of(1, ...encodeText(message))]);
    await session.close();
  });
}

Deno.test("MuxSession.open() lets DATA and FIN follow OPEN without any answer", async () => {
  const { session, peer } = openHost();
  await peer.greet();
  const stream = session.open("unix:/run/docker.sock");
  const wrote = stream.write(Uint8Array.of(1, 2));
  const types: [FrameType, number, number][] = [];
  const collect = async () => {
    for (let count = 0; count < 3; count++) {
      const frame = await peer.next();
      types.push([frame!.type, frame!.id, frame!.payload.length]);
    }
  };
  await Promise.all([collect(), wrote.then(() => stream.closeWrite())]);
  deepEqual(types, [[FRAME_TYPE.OPEN, 1, 21], [FRAME_TYPE.DATA, 1, 2], [FRAME_TYPE.FIN, 1, 0]]);
  await Promise.all([session.close(), peer.rest()]);
});

Deno.test("MuxSession.open() throws when the session is full or over, or the target impossible", async () => {
  const { session, peer } = openHost({ limits: { maximumStreams: 1 } });
  session.open("first");
  throws(() => session.open("second"), {
    code: "TOO_MANY_STREAMS",
    message: "Cannot open a stream: 1 of 1 streams are open",
  });
  await Promise.all([session.close(), peer.rest()]);
  throws(() => session.open("third"), {
    code: "CLOSED",
    message: "Cannot use the session: it was closed here",
  });
  const other = openHost();
  throws(() => other.session.open(""), { message: "Cannot open a stream: the target has 0 bytes" });
  await Promise.all([other.session.close(), other.peer.rest()]);
});

Deno.test("MuxSession drops frames for streams that this end has left", async () => {
  const { session, peer } = openHost();
  await peer.greet();
  session.open("left").close();
  for (const type of [FRAME_TYPE.FIN, FRAME_TYPE.CLOSE, FRAME_TYPE.RESET]) await peer.send(type, 1);
  await peer.sendBytes(data(1, 5));
  await peer.send(FRAME_TYPE.WINDOW, 1, encodeUint32(5));
  const pinged = session.ping(NEVER);
  const seen: FrameType[] = [];
  for (let frame = await peer.next();; frame = await peer.next()) {
    seen.push(frame!.type);
    if (frame!.type !== FRAME_TYPE.PING) continue;
    await peer.send(FRAME_TYPE.PONG, 0, frame!.payload);
    break;
  }
  await pinged;
  deepEqual(seen, [FRAME_TYPE.OPEN, FRAME_TYPE.CLOSE, FRAME_TYPE.PING]);
  await Promise.all([session.close(), peer.rest()]);
});

Deno.test("MuxSession refuses streams beyond its limit, and those whose accept() throws", async () => {
  const seen: string[] = [];
  const accept = (stream: IncomingStream) => {
    seen.push(stream.target);
    if (stream.target === "broken") throw new Error("out of order");
    stream.accept();
  };
  const { session, peer } = openHost({ accept, limits: { maximumStreams: 1 } });
  await peer.greet();
  await peer.send(FRAME_TYPE.OPEN, 2, encodeText("broken"));
  deepEqual(await peer.next(), { type: FRAME_TYPE.REFUSE, id: 2, payload: encodeText("out of order") });
  await peer.send(FRAME_TYPE.OPEN, 4, encodeText("first"));
  await peer.send(FRAME_TYPE.OPEN, 6, encodeText("second"));
  deepEqual(await peer.next(), {
    type: FRAME_TYPE.REFUSE,
    id: 6,
    payload: encodeText("1 of 1 streams are open"),
  });
  deepEqual(seen, ["broken", "first"]);
  await Promise.all([session.close(), peer.rest()]);
});

Deno.test("MuxSession ends with CONTROL_FLOOD when the peer asks and asks and never reads", async () => {
  const { session, peer } = openHost({ limits: { maximumControl: 4_096 } });
  await peer.greet();
  equal((await Promise.all([peer.next(), session.open("one").write(Uint8Array.of(1))]))[0]?.id, 1);
  const ping = encodeFrame(FRAME_TYPE.PING, 0, new Uint8Array(8));
  try {
    for (let count = 0; count < 1_000; count++) await peer.sendBytes(ping);
  } catch {
    // the session has closed the link, as it should
  }
  equal((await session.closed).code, "CONTROL_FLOOD");
  await session.close();
});

Deno.test("MuxSession says why the peer ended it", async () => {
  for (
    const [payload, code, message] of [
      [[0], "SHUTDOWN", "Cannot use the session: the peer ended it"],
      [[1, 0x61, 0x62], "PEER_ERROR", "Cannot use the session: the peer ended it: ab"],
    ] as const
  ) {
    const { session, peer } = openHost();
    await peer.greet();
    await peer.send(FRAME_TYPE.GOAWAY, 0, Uint8Array.from(payload));
    const reason = await session.closed;
    deepEqual([reason.code, reason.message], [code, message]);
    await session.close();
  }
});

Deno.test("MuxSession.ready rejects when both ends have the same role", async () => {
  const [ours, theirs] = createMemoryDuplexPair();
  const options = { role: "host", accept: () => {}, log: NO_LOG } as const;
  const [left, right] = [openMuxSession(ours, options), openMuxSession(theirs, options)];
  const expected = { code: "HANDSHAKE", message: "Cannot start the session: both ends have the role host" };
  await rejects(left.ready, expected);
  await Promise.all([left.close(), right.close()]);
});

Deno.test("MuxSession.ping() rejects when its signal is aborted, and the session lives on", async () => {
  const { session, peer } = openHost();
  await peer.greet();
  const controller = new AbortController();
  const pinged = rejects(session.ping(controller.signal), { message: "enough" });
  controller.abort(new Error("enough"));
  await pinged;
  equal((await peer.next())?.type, FRAME_TYPE.PING);
  await peer.send(FRAME_TYPE.PONG, 0, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1));
  await Promise.all([session.close(), peer.rest()]);
});
