import assert from "node:assert/strict";
import type { StreamsReport } from "../../api/resources/streams_report.ts";
import { describeStreams } from "./debug.ts";

const REPORT: StreamsReport = {
  time: "2026-01-02T03:04:05.678Z",
  engine: "running",
  connections: [
    {
      id: 12,
      endpoint: "docker.sock",
      ageMs: 61_000,
      station: "dockerd has not answered",
      stream: 17,
      receivedBytes: 0,
      sentBytes: 90,
      requests: [
        { id: "12.1", kind: "other", method: "GET", path: "/info", ageMs: 34_200, status: null },
        { id: "12.2", kind: "other", method: "GET", path: "/version", ageMs: 1_000, status: null },
      ],
    },
    {
      id: 13,
      endpoint: "docker.sock",
      ageMs: 500,
      station: "waiting for a request",
      stream: null,
      receivedBytes: 0,
      sentBytes: 0,
      requests: [],
    },
  ],
  connectionsLeftOut: 2,
  link: {
    pingMs: 1.25,
    streams: [{
      id: 17,
      target: "unix:/run/docker.sock",
      ageMs: 61_000,
      queuedBytes: 0,
      sendCredit: 1_048_486,
      sentBytes: 90,
      receiveWindow: 1_048_576,
      bufferedBytes: 0,
      receivedBytes: 0,
      sendClosed: true,
      receiveClosed: false,
      agent: { station: "joined", sentBytes: 90, receivedBytes: 0 },
    }],
    streamsLeftOut: 0,
  },
  agent: { answers: true, problem: null, state: "running", openStreams: 1, memoryBytes: 61_200_000 },
};

Deno.test("describeStreams() shows what each request is waiting for", () => {
  assert.equal(
    describeStreams(REPORT),
    `Engine: running
Link:   round trip 1.3 ms
Agent:  running, 1 stream, 61.2 MB of memory

ID    AGE     STREAM  STATION                            REQUEST
12.1  34.2 s  17      dockerd has not answered           GET /info
12.2  1.0 s   17      waiting for the request before it  GET /version
13    0.5 s   -       waiting for a request              -
2 more connections

STREAM  AGE     TARGET                 SENT         QUEUED  CREDIT  RECEIVED  BUFFERED       IN THE AGENT
17      61.0 s  unix:/run/docker.sock  90 B, ended  0 B     1.0 MB  0 B       0 B of 1.0 MB  joined
`,
  );
});

Deno.test("describeStreams() says that nothing is connected, and that the agent does not answer", () => {
  const agent = {
    answers: false,
    problem: "no answer within 2 s",
    state: null,
    openStreams: null,
    memoryBytes: null,
  };
  const link = { pingMs: null, streams: [], streamsLeftOut: 0 };
  const text = describeStreams({ ...REPORT, connections: [], connectionsLeftOut: 0, link, agent });
  assert.match(text, /^Link: {3}no answer$/m);
  assert.match(text, /^Agent: {2}does not answer: no answer within 2 s$/m);
  assert.match(text, /^No client is connected$/m);
  const stopped = describeStreams({ ...REPORT, engine: "stopped", link: null, agent: null });
  assert.doesNotMatch(stopped, /Link|Agent|TARGET/);
});
