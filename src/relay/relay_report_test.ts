import assert from "node:assert/strict";
import { readText, writeText } from "../../tests/fakes/relay_fakes.ts";
import { RelayTrial } from "../../tests/fakes/relay_trial.ts";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";
import { stationOf } from "./station.ts";
import type { Upstream } from "./upstream.ts";

const LOGS = "GET /containers/a/logs?follow=1&x=secret HTTP/1.1\r\nHost: d\r\n\r\n";
const HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";

const tick = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("RelayConnection.report() names each station of a request", async () => {
  const opening = Promise.withResolvers<Upstream>();
  const [near, engine] = createMemoryDuplexPair();
  await using trial = new RelayTrial(() => opening.promise);
  assert.equal(trial.station, "waiting for a request");
  await writeText(trial.client.own, LOGS);
  await tick();
  assert.equal(trial.station, "waiting for the engine");
  opening.resolve(Object.assign(near, { id: 7 }));
  await tick();
  assert.equal(trial.station, "sending the request");
  await readText(engine, LOGS.length);
  assert.equal(trial.station, "waiting for the first byte of the answer");

  const head = writeText(engine, HEAD);
  await tick();
  assert.equal(trial.station, "sending the answer");
  assert.equal(await readText(trial.client.own, HEAD.length), HEAD);
  await head;
  await tick();
  assert.equal(trial.station, "waiting for the rest of the answer");
  const { ageMs, requests, ...report } = trial.connection.report(Date.now());
  assert.ok(ageMs >= 0 && requests[0]!.ageMs >= 0);
  assert.deepEqual(report, {
    id: 12,
    stream: 7,
    station: "waiting for the rest of the answer",
    receivedBytes: HEAD.length,
    sentBytes: LOGS.length,
  });
  assert.deepEqual({ ...requests[0], ageMs: 0 }, {
    id: "12.1",
    kind: "logs",
    method: "GET",
    path: "/containers/a/logs?follow=1&x=…",
    ageMs: 0,
    status: 200,
  });
  const rest = writeText(engine, "done");
  assert.equal(await readText(trial.client.own, 4), "done");
  await rest;
  await tick();
  assert.equal(trial.station, "waiting for a request");
  const lines = trial.logged.map(({ milliseconds: _, ...line }) => line);
  assert.deepEqual(lines, [{
    event: "relay.request.started",
    request: "12.1",
    stream: undefined,
    method: "GET",
    path: "/containers/a/logs?follow=1&x=…",
    kind: "logs",
  }, {
    event: "relay.stream.opened",
    connection: 12,
    stream: 7,
  }, {
    event: "relay.request.ended",
    request: "12.1",
    stream: 7,
    method: "GET",
    path: "/containers/a/logs?follow=1&x=…",
    status: 200,
    end: "answered",
    bytes: HEAD.length + 4,
  }]);
});

Deno.test("RelayConnection.report() says that the client has not sent the rest of its request", async () => {
  await using trial = new RelayTrial();
  await trial.send("POST /build HTTP/1.1\r\nHost: d\r\nContent-Length: 9\r\n\r\nhal");
  assert.equal(trial.station, "waiting for the client to send the rest of the request");
  await using collecting = new RelayTrial();
  await writeText(
    collecting.client.own,
    "POST /containers/create HTTP/1.1\r\nHost: d\r\nContent-Length: 9\r\n\r\n{",
  );
  await tick();
  assert.equal(collecting.station, "waiting for the client to send the rest of the request");
});

Deno.test("RelayConnection.report() knows a raw stream", async () => {
  await using trial = new RelayTrial();
  await trial.send("POST /containers/a/attach?stream=1 HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n");
  await trial.answer("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n");
  assert.equal(trial.station, "raw stream");
  trial.connection.close();
  assert.equal(trial.station, "ending");
  assert.equal(trial.logged.at(-1)!["end"], "connection ended");
});

Deno.test("stationOf() prefers what the client and the engine do not take", () => {
  const facts = {
    isEnding: false,
    isOpening: false,
    isWritingToClient: true,
    isWritingToEngine: true,
    isTranslating: true,
    isRaw: true,
    waitsForTurn: true,
    hasRequest: true,
    isMidRequest: true,
    isMidAnswer: true,
  };
  assert.equal(stationOf(facts), "sending the answer");
  assert.equal(stationOf({ ...facts, isWritingToClient: false }), "translating host paths");
  const still = { ...facts, isWritingToClient: false, isWritingToEngine: false, isTranslating: false };
  assert.equal(stationOf(still), "raw stream");
  assert.equal(stationOf({ ...still, isRaw: false }), "waiting for its turn to answer");
});
