import assert from "node:assert/strict";
import type { AgentStatus } from "../../agent/protocol/rpc_messages.ts";
import { reportLink } from "./link_report.ts";

const STATUS: AgentStatus = {
  state: { kind: "starting", since: "2026-01-02T03:04:05.678Z", attempt: 1 },
  openStreams: 0,
  streams: [],
  memoryBytes: 5,
};

function silent(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

Deno.test("reportLink() has the round trip and the agent's status", async () => {
  const session = { ping: () => Promise.resolve(1.5), streams: () => [] };
  const agent = { status: () => Promise.resolve(STATUS), state: STATUS.state };
  assert.deepEqual(await reportLink(session, agent), {
    pingMs: 1.5,
    agent: { answers: true, status: STATUS },
    streams: [],
  });
});

Deno.test("reportLink() says that an agent does not answer, and whether it has ever said anything", async () => {
  const session = { ping: silent, streams: () => [] };
  for (const state of [undefined, STATUS.state]) {
    assert.deepEqual(await reportLink(session, { status: silent, state }, 10), {
      pingMs: null,
      agent: { answers: false, heard: state !== undefined, problem: "no answer within 0.01 s" },
      streams: [],
    });
  }
});
