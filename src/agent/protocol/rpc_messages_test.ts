import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeJsonLine, readJsonLines } from "./json_lines.ts";
import { isAgentMessage, isAgentRequest, isAgentStatus } from "./rpc_messages.ts";
import { type DockerdState, isDockerdState } from "./dockerd_state.ts";

const TIME = "2026-01-02T03:04:05.678Z";
const STATES: readonly DockerdState[] = [
  { kind: "preparing", stage: "data" },
  { kind: "starting", since: TIME, attempt: 2 },
  { kind: "running", since: TIME, dockerVersion: "28.5.2", sampleImages: "loading" },
  { kind: "running", since: TIME, dockerVersion: "28", sampleImages: "loaded", optionsProblem: "no" },
  { kind: "stopping", stage: "engine", since: TIME },
  { kind: "stopping", stage: "engine", since: TIME, waits: [{ name: "db", seconds: 60 }] },
  { kind: "preparing", stage: "leftovers", waits: [{ name: "db", seconds: null }] },
  { kind: "resting" },
  { kind: "failed", code: "WL_ENGINE_FAILED", message: "Cannot keep Docker running: it ended" },
  { kind: "failed", code: "WL_ENGINE_TIMEOUT", message: "Cannot start Docker: it is slow", retryAt: TIME },
];
const MESSAGES: readonly unknown[] = [
  { kind: "hello", agentVersion: "1", kernel: "6.6", kernelProblems: ["x"], processId: 3 },
  ...STATES.map((state) => ({ kind: "state", state })),
  {
    kind: "log",
    line: { time: TIME, level: "info", source: "dockerd", event: "x", fields: { a: 1, b: null } },
  },
  { kind: "response", id: 1, result: null },
  { kind: "response", id: 2, error: "Cannot do it: no" },
];

Deno.test("isAgentMessage() accepts each message of the protocol", () => {
  for (const message of MESSAGES) assert.ok(isAgentMessage(message), JSON.stringify(message));
});

Deno.test("isAgentMessage() refuses a message that lacks any one of its parts", () => {
  const optional = new Set(["fields", "retryAt", "result", "error", "optionsProblem", "waits"]);
  for (const message of MESSAGES) {
    for (const lacking of withoutOnePart(message, optional)) {
      assert.equal(isAgentMessage(lacking), false, JSON.stringify(lacking));
    }
  }
});

Deno.test("isAgentMessage(), isAgentRequest() and isDockerdState() never throw, whatever comes", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    return [isAgentMessage, isAgentRequest, isDockerdState, isAgentStatus].every((guard) =>
      typeof guard(value) === "boolean"
    );
  }));
});

Deno.test("isAgentRequest() accepts the methods and nothing else", () => {
  for (const method of ["shutdown", "restart-engine", "status", "use"]) {
    assert.ok(isAgentRequest({ id: 1, method }));
  }
  assert.ok(isAgentRequest({ id: 1, method: "logs", lines: 20 }));
  assert.ok(isAgentRequest({ id: 1, method: "log-level", level: "info" }));
  const ports = [{ protocol: "tcp", port: 80 }];
  assert.ok(isAgentRequest({ id: 1, method: "hold-ports", ports, milliseconds: 5 }));
  for (const port of [0, 65_536, "80", 1.5]) {
    const wrong = { id: 1, method: "hold-ports", ports: [{ protocol: "tcp", port }], milliseconds: 5 };
    assert.equal(isAgentRequest(wrong), false);
  }
  assert.ok(isAgentRequest({ id: 1, method: "check-daemon-options", options: {} }));
  for (
    const bad of [
      { id: 1, method: "check-daemon-options", options: [] },
      { id: 1, method: "logs" },
      { id: 1, method: "log-level", level: "loud" },
      { id: -1, method: "status" },
      { method: "status" },
      { id: 1 },
    ]
  ) {
    assert.equal(isAgentRequest(bad), false);
  }
});

Deno.test("readJsonLines() yields the same messages wherever the bytes are cut, and skips what is not JSON", async () => {
  const noise = new TextEncoder().encode("no json\n\n");
  const bytes = Uint8Array.from([...noise, ...MESSAGES.flatMap((message) => [...encodeJsonLine(message)])]);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const parts = [bytes.subarray(0, cut), bytes.subarray(cut)];
    const source = { read: () => Promise.resolve(parts.shift() ?? null) };
    const read: unknown[] = [];
    for await (const value of readJsonLines(source, 10_000)) read.push(value);
    assert.deepEqual(read, MESSAGES);
  }
});

Deno.test("isAgentStatus() accepts streams that are complete", () => {
  const stream = {
    id: 7,
    target: "unix:/run/docker.sock",
    ageMs: 5,
    station: "joined",
    sentBytes: 1,
    receivedBytes: 2,
  };
  const status = { state: STATES[0], openStreams: 1, streams: [stream], memoryBytes: 3 };
  assert.ok(isAgentStatus(status));
  for (const lacking of withoutOnePart(stream, new Set())) {
    assert.equal(isAgentStatus({ ...status, streams: [lacking] }), false);
  }
  assert.equal(isAgentStatus({ ...status, streams: [{ ...stream, station: "lost" }] }), false);
});

/** Copies of a value of which each lacks one property, at any depth, that is not in `optional`. */
function* withoutOnePart(value: unknown, optional: ReadonlySet<string>): Generator<unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  for (const [name, part] of Object.entries(value)) {
    if (optional.has(name)) continue;
    yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
    for (const lacking of withoutOnePart(part, optional)) yield { ...value, [name]: lacking };
  }
}
