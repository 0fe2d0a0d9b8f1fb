import assert from "node:assert/strict";
import { EventDecoder } from "./event_decoder.ts";

const TEXT = ':\n\nevent: status\ndata: {"a":1}\n\n:\n\nevent: line\ndata: "x: y"\n\ndata: 2\n\n';
const EVENTS = [
  { event: "status", data: '{"a":1}' },
  { event: "line", data: '"x: y"' },
  { event: "message", data: "2" },
];

Deno.test("EventDecoder returns the same events wherever the text is split", () => {
  for (let cut = 0; cut <= TEXT.length; cut++) {
    const decoder = new EventDecoder();
    assert.deepEqual([...decoder.push(TEXT.slice(0, cut)), ...decoder.push(TEXT.slice(cut))], EVENTS);
  }
});

Deno.test("EventDecoder holds back an incomplete event", () => {
  const decoder = new EventDecoder();
  assert.deepEqual(decoder.push("event: status\ndata: 1\n"), []);
  assert.deepEqual(decoder.push("\n"), [{ event: "status", data: "1" }]);
});

Deno.test("EventDecoder refuses an event that never ends", () => {
  const decoder = new EventDecoder();
  decoder.push(`data: ${"x".repeat(1024 * 1024 - 6)}`);
  assert.throws(() => decoder.push("x"), {
    name: "RangeError",
    message: "Cannot read an event: it has more than 1048576 characters",
  });
});
