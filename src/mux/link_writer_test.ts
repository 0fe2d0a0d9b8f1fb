import { deepEqual, equal, rejects } from "node:assert/strict";
import { encodeFrame } from "../../tests/fakes/mux_frame.ts";
import { allocateWithHeaderRoom } from "../streams/header_room.ts";
import { FRAME_TYPE } from "./frame.ts";
import { FrameReader } from "./frame_reader.ts";
import { LinkWriter } from "./link_writer.ts";
import type { MuxError } from "./mux_error.ts";
import { SendSide } from "./send_side.ts";
import { SendWindow } from "./stream_window.ts";

/** A link whose writes end when the test says so. */
class SlowLink {
  readonly writes: Uint8Array[] = [];
  #done: PromiseWithResolvers<void> | null = null;

  write(bytes: Uint8Array): Promise<void> {
    this.writes.push(bytes);
    this.#done = Promise.withResolvers();
    return this.#done.promise;
  }

  /** Ends the write that is under way; what follows it has been written when this resolves. */
  async step(): Promise<void> {
    this.#done?.resolve();
    await Promise.resolve();
    await Promise.resolve();
  }

  /** What the last write held, as `TYPE id length`. */
  last(): string[] {
    const seen: string[] = [];
    const reader = new FrameReader({
      data: (id, bytes) => void seen.push(`DATA ${id} ${bytes.length}`),
      frame: (type, id, payload) => void seen.push(`${TYPE_NAMES[type]} ${id} ${payload.length}`),
    });
    reader.push(this.writes.at(-1)!.slice());
    return seen;
  }
}

const TYPE_NAMES = Object.fromEntries(Object.entries(FRAME_TYPE).map(([name, type]) => [type, name]));

function createWriter(): { link: SlowLink; writer: LinkWriter; side(id: number, credit?: number): SendSide } {
  const link = new SlowLink();
  const writer = new LinkWriter(link, { maximumControl: 1_000, failed: () => {} });
  writer.uncork();
  const side = (id: number, credit = 1_000_000) =>
    new SendSide(id, new SendWindow(credit), {
      enqueue: (self) => writer.enqueue(self),
      finish: () => writer.sendControl(FRAME_TYPE.FIN, id),
    });
  return { link, writer, side };
}

Deno.test("LinkWriter writes at once on an idle link", () => {
  const { link, side } = createWriter();
  void side(1).write(Uint8Array.of(1, 2, 3));
  deepEqual(link.writes, [encodeFrame(FRAME_TYPE.DATA, 1, Uint8Array.of(1, 2, 3))]);
});

Deno.test("LinkWriter lets streams take turns, puts control ahead and FIN after the last bytes", async () => {
  const { link, writer, side } = createWriter();
  writer.sendControl(FRAME_TYPE.PING, 0, new Uint8Array(8));
  const [first, second] = [side(1), side(3)];
  const written = Promise.all([first.write(new Uint8Array(40_000)), second.write(new Uint8Array(20_000))]);
  const closed = second.closeWrite();
  writer.sendControl(FRAME_TYPE.PONG, 0, new Uint8Array(8));
  await link.step();
  deepEqual(link.last(), [
    "PONG 0 8",
    "DATA 1 16384",
    "DATA 3 16384",
    "DATA 1 16384",
    "DATA 3 3616",
    "FIN 3 0",
    "DATA 1 7232",
  ]);
  await written;
  await closed;
});

Deno.test("LinkWriter sends no more than the credit and continues when more is granted", async () => {
  const { link, side } = createWriter();
  const stream = side(1, 10);
  const written = stream.write(new Uint8Array(25));
  deepEqual(link.last(), ["DATA 1 10"]);
  await link.step();
  equal(link.writes.length, 1);
  stream.granted(100);
  deepEqual(link.last(), ["DATA 1 15"]);
  await written;
});

Deno.test("LinkWriter sends a payload with header room in place", async () => {
  const { link, side } = createWriter();
  const payload = allocateWithHeaderRoom(50_000).fill(7);
  const written = side(1).write(payload);
  equal(link.writes[0]!.buffer, payload.buffer);
  deepEqual(link.last(), ["DATA 1 50000"]);
  equal(payload.every((byte) => byte === 7), true);
  await link.step();
  await written;
});

Deno.test("SendSide.fail() leaves bytes lent that the link is reading, unless the session is over", async () => {
  const { link, side } = createWriter();
  const reason = { name: "MuxError", message: "Cannot continue: a test" } as MuxError;
  const stream = side(1);
  let settled = false;
  const written = stream.write(allocateWithHeaderRoom(50_000)).finally(() => settled = true);
  const seen = rejects(written, reason);
  stream.fail(reason, false);
  await Promise.resolve();
  equal(settled, false);
  await link.step();
  await seen;
});

Deno.test("LinkWriter skips streams that failed while they waited for their turn", async () => {
  const { link, side } = createWriter();
  void side(1).write(Uint8Array.of(1));
  const [failing, next] = [side(3), side(5)];
  const reason = { name: "MuxError", message: "Cannot continue: a test" } as MuxError;
  const failed = rejects(failing.write(new Uint8Array(5)), reason);
  const written = next.write(new Uint8Array(6));
  failing.fail(reason, false);
  await link.step();
  deepEqual(link.last(), ["DATA 5 6"]);
  await Promise.all([failed, written]);
});

Deno.test("LinkWriter reports once that the link failed, with the cause", async () => {
  const reasons: MuxError[] = [];
  const cause = new Error("broken pipe");
  const writer = new LinkWriter({ write: () => Promise.reject(cause) }, {
    maximumControl: 100,
    failed: (reason) => reasons.push(reason),
  });
  writer.uncork();
  writer.sendControl(FRAME_TYPE.PING, 0, new Uint8Array(8));
  await writer.idle();
  deepEqual(reasons.map(({ code, message, cause }) => ({ code, message, cause })), [
    { code: "LINK_FAILED", message: "Cannot write to the link: broken pipe", cause },
  ]);
});
