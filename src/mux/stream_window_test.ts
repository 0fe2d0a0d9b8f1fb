import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { ReceiveWindow, SendWindow } from "./stream_window.ts";

const NO_GROWTH = { maximum: 0, mayGrow: () => false };

Deno.test("SendWindow.sent() throws when the credit is too small", () => {
  const window = new SendWindow(10);
  window.sent(4);
  equal(window.credit, 6);
  throws(() => window.sent(7), { code: "WINDOW_EXCEEDED", message: "Cannot send 7 bytes: the credit is 6" });
});

Deno.test("SendWindow.granted() throws for nothing and for more than a window can be", () => {
  const window = new SendWindow(10);
  throws(() => window.granted(0), { code: "PROTOCOL", message: "Cannot add 0 bytes of credit: it is 10" });
  throws(() => window.granted(0x7fff_ffff), {
    code: "PROTOCOL",
    message: "Cannot add 2147483647 bytes of credit: it is 10",
  });
});

Deno.test("ReceiveWindow.arrived() throws when the peer had no right to send", () => {
  const window = new ReceiveWindow(10, NO_GROWTH);
  window.arrived(10);
  throws(() => window.arrived(1), {
    code: "WINDOW_EXCEEDED",
    message: "Cannot accept 1 bytes: the credit is 0",
  });
});

Deno.test("ReceiveWindow.consumed() grants once a quarter has been taken", () => {
  const window = new ReceiveWindow(100, NO_GROWTH);
  window.arrived(60);
  deepEqual([window.consumed(24), window.consumed(1), window.consumed(10)], [0, 25, 0]);
});

Deno.test("ReceiveWindow.consumed() doubles the window when the sender ran out and the consumer keeps up", () => {
  const asked: number[] = [];
  const window = new ReceiveWindow(100, { maximum: 300, mayGrow: (bytes) => asked.push(bytes) > 0 });
  window.arrived(100);
  equal(window.consumed(100), 200);
  window.arrived(200);
  equal(window.consumed(200), 300);
  window.arrived(300);
  equal(window.consumed(300), 300);
  deepEqual([asked, window.size], [[100, 100], 300]);
});

Deno.test("ReceiveWindow.consumed() does not grow for a consumer that lags, nor against the session's word", () => {
  const lagging = new ReceiveWindow(100, { maximum: 800, mayGrow: () => true });
  lagging.arrived(100);
  equal(lagging.consumed(99), 99);
  const refused = new ReceiveWindow(100, { maximum: 800, mayGrow: () => false });
  refused.arrived(100);
  equal(refused.consumed(100), 100);
});

Deno.test("SendWindow and ReceiveWindow agree in any order of sending, consuming and granting", () => {
  const step = fc.record({
    act: fc.constantFrom("send", "deliver", "consume", "grant"),
    bytes: fc.integer({ min: 1, max: 5_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.integer({ min: 1, max: 4_000 }), (steps, size) => {
      const maximum = size * 8;
      const receive = new ReceiveWindow(size, { maximum, mayGrow: () => true });
      const send = new SendWindow(size);
      let travelling = 0;
      let granted = 0;
      for (const { act, bytes } of steps) {
        if (act === "send") {
          const sent = Math.min(bytes, send.credit);
          send.sent(sent);
          travelling += sent;
        } else if (act === "deliver") {
          const delivered = Math.min(bytes, travelling);
          receive.arrived(delivered); // must never throw: the sender kept to its credit
          travelling -= delivered;
        } else if (act === "consume") {
          granted += receive.consumed(Math.min(bytes, receive.buffered));
        } else if (granted > 0) {
          send.granted(granted);
          granted = 0;
        }
        equal(receive.credit, send.credit + travelling + granted);
        equal(receive.buffered + receive.credit <= receive.size, true);
        equal(receive.size <= maximum, true);
      }
      // Nothing is lost for good: once all is read, the sender can continue.
      receive.arrived(travelling);
      granted += receive.consumed(receive.buffered);
      equal(send.credit + granted > 0, true);
    }),
  );
});
