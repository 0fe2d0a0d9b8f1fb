import assert from "node:assert/strict";
import type { NetworkListener } from "../protocol/stream_target.ts";
import { LastingListeners } from "./lasting_listeners.ts";

const on = (port: number): NetworkListener => ({ protocol: "tcp", address: "0.0.0.0", port });

Deno.test("LastingListeners.next() reports a listener at its second sight, and each change once", () => {
  const listeners = new LastingListeners();
  const seen = [[], [on(80)], [on(80)], [on(80)], [on(80), on(81)], [on(80), on(81)], [on(81)], [on(81)]];
  assert.deepEqual(seen.map((found) => listeners.next(found)), [
    undefined,
    undefined,
    [on(80)],
    undefined,
    undefined,
    [on(80), on(81)],
    [on(81)],
    undefined,
  ]);
});

Deno.test("LastingListeners.next() forgets a listener that was seen once", () => {
  const listeners = new LastingListeners();
  const seen = [[on(80)], [], [on(80)], []];
  assert.deepEqual(seen.map((found) => listeners.next(found)), [undefined, undefined, undefined, undefined]);
});
