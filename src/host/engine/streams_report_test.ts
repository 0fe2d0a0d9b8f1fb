import assert from "node:assert/strict";
import type { AgentStation } from "../../agent/protocol/agent_stream.ts";
import type { GroupConnectionReport } from "../../relay/relay_group.ts";
import type { Station } from "../../relay/station.ts";
import type { AgentReport, LinkReport } from "./link_report.ts";
import { preciseStation, reportStreams } from "./streams_report.ts";

function connection(station: Station, changes: Partial<GroupConnectionReport> = {}): GroupConnectionReport {
  return {
    id: 1,
    endpoint: "docker.sock",
    ageMs: 5,
    stream: 7,
    station,
    receivedBytes: 10,
    sentBytes: 20,
    requests: [],
    ...changes,
  };
}

function link(station: AgentStation): LinkReport {
  const stream = {
    id: 7,
    target: "unix:/run/docker.sock",
    ageMs: 5,
    station,
    sentBytes: 20,
    receivedBytes: 0,
  };
  const status = {
    state: { kind: "preparing", stage: "data" } as const,
    openStreams: 1,
    streams: [stream],
    memoryBytes: 3,
  };
  return { pingMs: 1, agent: { answers: true, status }, streams: [] };
}

function silent(heard: boolean): LinkReport {
  return { pingMs: null, agent: { answers: false, heard, problem: "no answer within 2 s" }, streams: [] };
}

const FIRST_BYTE = "waiting for the first byte of the answer";

Deno.test("preciseStation() says what lies behind a request without an answer", () => {
  const waiting = connection(FIRST_BYTE);
  const stationWith = (found: LinkReport | undefined) => preciseStation(waiting, waiting, found);
  assert.equal(stationWith(undefined), "waiting for the engine");
  assert.equal(stationWith(silent(false)), "waiting for the engine");
  assert.equal(stationWith(silent(true)), "agent does not answer");
  assert.equal(stationWith(link("waiting for dockerd to run")), "waiting for dockerd to run");
  assert.equal(stationWith(link("connecting")), "connecting to dockerd");
  assert.equal(stationWith(link("joined")), "dockerd has not answered");
  assert.equal(preciseStation(connection(FIRST_BYTE, { stream: 9 }), waiting, link("joined")), FIRST_BYTE);
});

Deno.test("preciseStation() tells a write that is stuck from one that moves", () => {
  const answer = connection("sending the answer");
  assert.equal(preciseStation(answer, answer, link("joined")), "client is not reading");
  assert.equal(
    preciseStation(answer, { ...answer, receivedBytes: 1 }, link("joined")),
    "sending the answer",
  );
  assert.equal(preciseStation(answer, undefined, link("joined")), "sending the answer");
  const upload = connection("sending the request");
  assert.equal(preciseStation(upload, upload, link("joined")), "dockerd is not taking the request");
  assert.equal(preciseStation(upload, { ...upload, sentBytes: 1 }, link("joined")), "sending the request");
  assert.equal(preciseStation(upload, upload, silent(true)), "agent does not answer");
});

Deno.test("preciseStation() leaves stations alone that have nothing to do with the engine", () => {
  for (
    const station of [
      "raw stream",
      "waiting for a request",
      "waiting for the engine",
      "waiting for the client to send the rest of the request",
    ] as const
  ) assert.equal(preciseStation(connection(station), connection(station), silent(true)), station);
  const rest = connection("waiting for the rest of the answer");
  assert.equal(preciseStation(rest, rest, link("joined")), "waiting for the rest of the answer");
  assert.equal(preciseStation(rest, rest, silent(true)), "agent does not answer");
});

Deno.test("reportStreams() lists busy connections first, and says how many it left out", async () => {
  const request = { id: "2.1", kind: "logs", method: "GET", path: "/", ageMs: 1, status: null } as const;
  const connections = Array.from(
    { length: 502 },
    (_, index) => connection("waiting for a request", { id: index, ageMs: 1000 - index }),
  );
  connections[501] = connection("raw stream", { id: 501, requests: [request] });
  const report = await reportStreams({
    relays: { report: () => connections },
    state: () => ({ kind: "starting", stage: "Starting Docker" }),
    link: () => undefined,
  });
  assert.equal(report.engine, "starting (Starting Docker)");
  assert.equal(report.connections.length, 500);
  assert.equal(report.connectionsLeftOut, 2);
  assert.deepEqual(report.connections.slice(0, 2).map(({ id }) => id), [501, 0]);
  assert.deepEqual([report.link, report.agent], [null, null]);
});

Deno.test("reportStreams() joins what both ends know about a stream", async () => {
  const stream = {
    id: 7,
    target: "unix:/run/docker.sock",
    ageMs: 5,
    queuedBytes: 0,
    sendCredit: 1,
    sentBytes: 2,
    receiveWindow: 3,
    bufferedBytes: 4,
    receivedBytes: 5,
    sendClosed: false,
    receiveClosed: false,
  };
  const report = await reportStreams({
    relays: { report: () => [] },
    state: () => ({ kind: "stopped" }),
    link: () => Promise.resolve({ ...link("joined"), streams: [stream, { ...stream, id: 9 }] }),
  });
  assert.deepEqual(report.link, {
    pingMs: 1,
    streams: [
      { ...stream, agent: { station: "joined", sentBytes: 20, receivedBytes: 0 } },
      { ...stream, id: 9, agent: null },
    ],
    streamsLeftOut: 0,
  });
  const agent = { answers: true, problem: null, state: "preparing", openStreams: 1, memoryBytes: 3 };
  assert.deepEqual(report.agent, agent);
  const problem: AgentReport = { answers: false, heard: true, problem: "no answer within 2 s" };
  const stuck = await reportStreams({
    relays: { report: () => [] },
    state: () => ({ kind: "stopped" }),
    link: () => Promise.resolve({ pingMs: null, agent: problem, streams: [] }),
  });
  assert.deepEqual(stuck.agent, {
    answers: false,
    problem: "no answer within 2 s",
    state: null,
    openStreams: null,
    memoryBytes: null,
  });
});
