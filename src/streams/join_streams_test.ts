import { deepEqual, equal, rejects } from "node:assert/strict";
import type { Duplex } from "./duplex.ts";
import { type Joinable, joinStreams } from "./join_streams.ts";
import { createMemoryDuplexPair } from "./memory_duplex.ts";

/** Two joined pairs: what `left` writes, `right` reads. */
function joined(
  signal?: AbortSignal,
): { left: Duplex; right: Duplex; result: ReturnType<typeof joinStreams> } {
  const [left, first] = createMemoryDuplexPair();
  const [second, right] = createMemoryDuplexPair();
  return { left, right, result: joinStreams(first, second, signal === undefined ? {} : { signal }) };
}

Deno.test("joinStreams() copies both ways, passes each end on as a half-close and counts", async () => {
  const { left, right, result } = joined();
  await left.write(Uint8Array.of(1, 2, 3));
  deepEqual(await right.read(), Uint8Array.of(1, 2, 3));
  await left.closeWrite();
  equal(await right.read(), null);
  await right.write(Uint8Array.of(4));
  deepEqual(await left.read(), Uint8Array.of(4));
  await right.write(Uint8Array.of(5));
  deepEqual(await left.read(), Uint8Array.of(5));
  await right.closeWrite();
  equal(await left.read(), null);
  deepEqual(await result, { sent: 3, received: 2, error: null });
});

Deno.test("joinStreams() ends a half-closed join that is idle, or whose client has gone", async () => {
  const isGone = () => Promise.resolve(true);
  const ends = [
    { limits: { idleMilliseconds: 1 }, state: "it is half-closed, and idle for 0.001 s" },
    { limits: { isGone }, state: "its client has disconnected" },
  ];
  for (const { limits, state } of ends) {
    const [left, first] = createMemoryDuplexPair();
    const [second, right] = createMemoryDuplexPair();
    const result = joinStreams(first, second, { halfClosed: { ...limits, checkMilliseconds: 1 } });
    await left.closeWrite();
    equal(await right.read(), null);
    const { error } = await result;
    equal((error as Error).message, state);
    equal(await right.read().catch(() => null), null);
  }
});

Deno.test("joinStreams() does not ask for a client that is still sending", async () => {
  const [left, first] = createMemoryDuplexPair();
  const [second, right] = createMemoryDuplexPair();
  let ticks = 0;
  const isGone = () => {
    ticks++;
    return Promise.resolve(true);
  };
  const result = joinStreams(first, second, { halfClosed: { isGone, checkMilliseconds: 1 } });
  await right.closeWrite();
  equal(await left.read(), null);
  await new Promise((resolve) => setTimeout(resolve, 5)); // some checks
  await left.write(Uint8Array.of(1));
  deepEqual(await right.read(), Uint8Array.of(1));
  await left.closeWrite();
  deepEqual(await result, { sent: 1, received: 0, error: null });
  equal(ticks, 0);
});

Deno.test("joinStreams() ends both streams when its signal is aborted", async () => {
  const controller = new AbortController();
  const { left, right, result } = joined(controller.signal);
  const reason = new Error("the host stops");
  controller.abort(reason);
  deepEqual(await result, { sent: 0, received: 0, error: reason });
  deepEqual([await left.read(), await right.read()], [null, null]);
});

Deno.test("joinStreams() ends at once when its signal was aborted before", async () => {
  const { result } = joined(AbortSignal.abort("too late"));
  deepEqual(await result, { sent: 0, received: 0, error: "too late" });
});

Deno.test("joinStreams() ends the other stream as broken when one fails", async () => {
  const cause = new Error("connection reset");
  const resets: string[] = [];
  const [right, second] = createMemoryDuplexPair();
  const [, first] = createMemoryDuplexPair();
  first.read = () => Promise.reject(cause);
  const watched: Joinable = Object.assign(second, { reset: (reason: string) => void resets.push(reason) });
  deepEqual(await joinStreams(first, watched), { sent: 0, received: 0, error: cause });
  deepEqual(resets, ["connection reset"]);
  await rejects(right.write(Uint8Array.of(1)), Deno.errors.BrokenPipe);
});

Deno.test("joinStreams() delivers what a peer sent before it left, then ends both", async () => {
  const [left, plain] = createMemoryDuplexPair();
  const [second, right] = createMemoryDuplexPair();
  const gone = new AbortController();
  const result = joinStreams(Object.assign(plain, { gone: gone.signal }), second);
  const wrote = left.write(Uint8Array.of(1, 2));
  await left.closeWrite();
  gone.abort({ code: "PEER_CLOSED" });
  await wrote;
  deepEqual(await right.read(), Uint8Array.of(1, 2));
  equal(await right.read(), null);
  deepEqual(await result, { sent: 2, received: 0, error: null });
});

Deno.test("joinStreams() ends both at once when a peer's stream broke", async () => {
  const [, first] = createMemoryDuplexPair();
  const [second, right] = createMemoryDuplexPair();
  const reason = { code: "RESET" };
  const gone = new AbortController();
  const result = joinStreams(Object.assign(first, { gone: gone.signal }), second);
  gone.abort(reason);
  deepEqual(await result, { sent: 0, received: 0, error: reason });
  equal(await right.read(), null);
});
