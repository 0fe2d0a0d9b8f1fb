import assert from "node:assert/strict";
import type { MuxStream } from "../../mux/mux_stream.ts";
import { connectionLimits } from "../../overload/connection_limits.ts";
import { DataConnections } from "../../overload/data_connections.ts";
import { NEVER } from "../../timing/sleep.ts";
import { StreamAcceptor } from "./accept_streams.ts";

Deno.test("StreamAcceptor refuses data that has no room, logs that once, and lets Docker requests through", async () => {
  const connections = new DataConnections(connectionLimits(64));
  while (connections.take() !== undefined);
  const events: string[] = [];
  const asked = Promise.withResolvers<void>();
  const acceptor = new StreamAcceptor({
    whenRunning: () => {
      asked.resolve();
      return Promise.reject(new Error("dockerd is not running"));
    },
    serveRpc: () => Promise.resolve(),
    connections,
    log: (level, event, fields) => events.push(`${level} ${event} ${fields?.["kind"] ?? fields?.["target"]}`),
    signal: NEVER,
  });
  const refusals: string[] = [];
  const open = (target: string) => {
    const refused = Promise.withResolvers<void>();
    acceptor.accept({
      id: 1,
      target,
      accept: () => ({ gone: NEVER, close() {}, [Symbol.dispose]() {} }) as MuxStream,
      refuse: (reason) => {
        refusals.push(reason);
        refused.resolve();
      },
    });
    return refused.promise;
  };
  const targets = ["tcp:172.17.0.2:80", "tcp:172.17.0.3:80", "udp:172.17.0.2:53", "unix:/run/docker.sock"];
  await Promise.all(targets.map(open));
  await asked.promise;
  assert.deepEqual(refusals, [
    "the engine has as many connections of the kind 'tcp' as it may",
    "the engine has as many connections of the kind 'tcp' as it may",
    "the engine has as many connections of the kind 'udp' as it may",
    "dockerd is not running",
  ]);
  assert.deepEqual(events, [
    "warn agent.streams.full tcp",
    "warn agent.streams.full udp",
    "warn agent.stream.refused unix:/run/docker.sock",
  ]);
  assert.equal(acceptor.open, 0);
});

Deno.test("StreamAcceptor.report() says what each stream is waiting for", async () => {
  const running = Promise.withResolvers<void>();
  const acceptor = new StreamAcceptor({
    whenRunning: () => running.promise,
    serveRpc: () => Promise.resolve(),
    connections: new DataConnections(connectionLimits(64)),
    log: () => {},
    signal: NEVER,
  });
  const refused = Promise.withResolvers<string>();
  const stream = { gone: NEVER, close() {}, [Symbol.dispose]() {} } as MuxStream;
  const target = "unix:/run/docker.sock";
  acceptor.accept({ id: 7, target, accept: () => stream, refuse: refused.resolve });
  assert.deepEqual(acceptor.report().map((report) => ({ ...report, ageMs: 0 })), [
    { id: 7, target, ageMs: 0, station: "waiting for dockerd to run", sentBytes: 0, receivedBytes: 0 },
  ]);
  running.reject(new Error("it is over"));
  assert.equal(await refused.promise, "it is over");
  await Promise.resolve();
  assert.deepEqual(acceptor.report(), []);
});
