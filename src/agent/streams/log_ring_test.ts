import assert from "node:assert/strict";
import fc from "fast-check";
import type { LogLine } from "../../logging/log.ts";
import { LogRing } from "./log_ring.ts";

function line(event: number): LogLine {
  return { time: "2026-01-02T03:04:05.678Z", level: "info", source: "agent", event: String(event) };
}

Deno.test("LogRing.newest() is the tail of all that was added, at most the capacity", () => {
  fc.assert(
    fc.property(fc.nat(30), fc.integer({ min: 1, max: 10 }), fc.nat(15), (added, capacity, wanted) => {
      const ring = new LogRing(capacity);
      const all = Array.from({ length: added }, (_, index) => line(index));
      for (const each of all) ring.add(each);
      const kept = all.slice(-capacity);
      assert.deepEqual(ring.newest(wanted), wanted === 0 ? [] : kept.slice(-wanted));
    }),
  );
});
