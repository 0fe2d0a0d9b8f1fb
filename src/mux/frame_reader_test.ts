import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { encodeFrame } from "../../tests/fakes/mux_frame.ts";
import { encodeText, encodeUint32, FRAME_TYPE, type FrameType } from "./frame.ts";
import { FrameReader } from "./frame_reader.ts";
import { isMuxError } from "./mux_error.ts";

interface SeenFrame {
  readonly type: FrameType;
  readonly id: number;
  readonly payload: number[];
}

const SAMPLE_FRAMES: readonly SeenFrame[] = [
  frame(FRAME_TYPE.OPEN, 1, encodeText("unix:/run/docker.sock")),
  frame(FRAME_TYPE.DATA, 1, encodeText("GET /_ping HTTP/1.1\r\n\r\n")),
  frame(FRAME_TYPE.WINDOW, 0x7fff_fffe, encodeUint32(0xffff_fffe)),
  frame(FRAME_TYPE.FIN, 1, []),
  frame(FRAME_TYPE.REFUSE, 2, encodeText("no such service")),
  frame(FRAME_TYPE.RESET, 3, []),
  frame(FRAME_TYPE.DATA, 5, [0]),
  frame(FRAME_TYPE.CLOSE, 5, []),
  frame(FRAME_TYPE.PING, 0, [1, 2, 3, 4, 5, 6, 7, 8]),
  frame(FRAME_TYPE.PONG, 0, [1, 2, 3, 4, 5, 6, 7, 8]),
  frame(FRAME_TYPE.GOAWAY, 0, [1, 0x61]),
];

function frame(type: FrameType, id: number, payload: Iterable<number>): SeenFrame {
  return { type, id, payload: [...payload] };
}

function encodeAll(frames: readonly SeenFrame[]): Uint8Array {
  return Uint8Array.from(
    frames.flatMap(({ type, id, payload }) => [...encodeFrame(type, id, Uint8Array.from(payload))]),
  );
}

/** The frames of `chunks`; pieces of one DATA frame are put together again. */
function readAll(chunks: readonly Uint8Array[]): SeenFrame[] {
  const seen: SeenFrame[] = [];
  let left = 0;
  const reader = new FrameReader({
    data(id, bytes) {
      if (left > 0) seen.at(-1)!.payload.push(...bytes);
      else seen.push(frame(FRAME_TYPE.DATA, id, bytes));
      left = reader.atBoundary ? 0 : bytes.length;
    },
    frame: (type, id, payload) => void seen.push(frame(type, id, payload)),
  });
  for (const chunk of chunks) reader.push(chunk);
  return seen;
}

Deno.test("FrameReader.push() yields the same frames wherever the bytes are cut", () => {
  const bytes = encodeAll(SAMPLE_FRAMES);
  for (let cut = 0; cut <= bytes.length; cut++) {
    deepEqual(readAll([bytes.subarray(0, cut), bytes.subarray(cut)]), SAMPLE_FRAMES, `cut at ${cut}`);
  }
});

Deno.test("FrameReader.push() yields the same frames byte by byte", () => {
  const bytes = encodeAll(SAMPLE_FRAMES);
  deepEqual(readAll([...bytes].map((byte) => Uint8Array.of(byte))), SAMPLE_FRAMES);
});

Deno.test("FrameReader.push() yields the same frames for any chunk sizes", () => {
  const bytes = encodeAll(SAMPLE_FRAMES);
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
    const chunks: Uint8Array[] = [];
    for (let at = 0, index = 0; at < bytes.length; index++) {
      const size = sizes[index % sizes.length]!;
      chunks.push(bytes.subarray(at, at + size));
      at += size;
    }
    deepEqual(readAll(chunks), SAMPLE_FRAMES);
  }));
});

Deno.test("FrameReader.push() passes DATA on without copying it", () => {
  const bytes = encodeFrame(FRAME_TYPE.DATA, 1, new Uint8Array(1_000));
  let passed: Uint8Array | null = null;
  const reader = new FrameReader({ data: (_id, view) => passed = view, frame: () => {} });
  reader.push(bytes);
  equal((passed as Uint8Array | null)?.buffer, bytes.buffer);
});

Deno.test("FrameReader.push() takes garbage or throws PROTOCOL, and nothing else", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (chunks) => {
    const reader = new FrameReader({ data: () => {}, frame: () => {} });
    try {
      for (const chunk of chunks) reader.push(chunk);
    } catch (error) {
      equal(isMuxError(error, "PROTOCOL"), true);
    }
  }));
});

const BROKEN: readonly [string, number[], string][] = [
  ["an unknown type", [11, 0, 0, 0, 0, 0, 0, 1], "Cannot read a frame: type 11 is unknown"],
  ["type 0", [0, 0, 0, 0, 0, 0, 0, 1], "Cannot read a frame: type 0 is unknown"],
  [
    "an OPEN without target",
    [1, 0, 0, 0, 0, 0, 0, 1],
    "Cannot read a frame: OPEN has 0 bytes, not 1 to 4096",
  ],
  ["an endless RESET", [6, 1, 0, 0, 0, 0, 0, 1], "Cannot read a frame: RESET has 65536 bytes, not 0 to 4096"],
  ["DATA without bytes", [3, 0, 0, 0, 0, 0, 0, 1], "Cannot read a frame: DATA has 0 bytes, not 1 to 65536"],
  [
    "DATA that is too long",
    [3, 1, 0, 1, 0, 0, 0, 1],
    "Cannot read a frame: DATA has 65537 bytes, not 1 to 65536",
  ],
  ["a short WINDOW", [4, 0, 0, 3, 0, 0, 0, 1], "Cannot read a frame: WINDOW has 3 bytes, not 4 to 4"],
  ["FIN of no stream", [5, 0, 0, 0, 0, 0, 0, 0], "Cannot read a frame: FIN has stream id 0"],
  ["PING of a stream", [8, 0, 0, 8, 0, 0, 0, 7], "Cannot read a frame: PING has stream id 7"],
];
for (const [what, bytes, message] of BROKEN) {
  Deno.test(`FrameReader.push() throws PROTOCOL for ${what}`, () => {
    const reader = new FrameReader({ data: () => {}, frame: () => {} });
    throws(() => reader.push(Uint8Array.from(bytes)), { name: "MuxError", code: "PROTOCOL", message });
  });
}

Deno.test("encodeText() cuts a long text at a character", () => {
  deepEqual([...encodeText("ä".repeat(5), 5)], [0xc3, 0xa4, 0xc3, 0xa4]);
});
