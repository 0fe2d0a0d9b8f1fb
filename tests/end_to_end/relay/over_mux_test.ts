import assert from "node:assert/strict";
import { NO_LOG } from "../../../src/logging/log.ts";
import { openMuxSession } from "../../../src/mux/mux_session.ts";
import { connectionDuplex } from "../../../src/streams/connection_duplex.ts";
import { joinStreams } from "../../../src/streams/join_streams.ts";
import { createMemoryDuplexPair } from "../../../src/streams/memory_duplex.ts";
import { readText, writeText } from "../../fakes/relay_fakes.ts";
import { ManualEngine, serveRelay } from "../../fakes/served_relay.ts";
import { eventually } from "../../support/eventually.ts";

const ATTACH = "POST /containers/a/attach HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
const UPGRADED = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
/** Far above what it takes while other tests run. */
const GONE_MILLISECONDS = 60_000;

/** The way of a request: client, relay, mux, what the agent does, engine. */
async function serveOverMux() {
  const [host, agent] = createMemoryDuplexPair();
  let engine: ManualEngine | undefined;
  const session = openMuxSession(host, {
    role: "host",
    accept: (stream) => stream.refuse("none"),
    log: NO_LOG,
  });
  const served = await serveRelay(
    async (path) => engine = await ManualEngine.listen(path),
    () => Promise.resolve(session.open("unix:engine")),
  );
  const peer = openMuxSession(agent, {
    role: "agent",
    accept: (incoming) => {
      const stream = incoming.accept();
      void Deno.connect({ transport: "unix", path: served.enginePath })
        .then((socket) => joinStreams(stream, connectionDuplex(socket)));
    },
    log: NO_LOG,
  });
  return {
    path: served.path,
    relay: served.relay,
    engine: engine!,
    session,
    async [Symbol.asyncDispose]() {
      await served[Symbol.asyncDispose]();
      await session.close();
      await peer.close();
    },
  };
}

Deno.test("startRelay() over the mux carries half-closes and ends with its client", async () => {
  await using trial = await serveOverMux();
  const socket = await Deno.connect({ transport: "unix", path: trial.path });
  const client = connectionDuplex(socket);
  await writeText(client, ATTACH);
  const connection = await trial.engine.accept();
  assert.equal(await readText(connection, ATTACH.length), ATTACH);
  await writeText(connection, UPGRADED);
  assert.equal(await readText(client, UPGRADED.length), UPGRADED);
  await writeText(client, "input");
  await client.closeWrite();
  assert.equal(await readText(connection, Infinity), "input");
  await writeText(connection, "late output");
  assert.equal(await readText(client, 11), "late output");
  assert.equal(await connection.isGone(), false);
  client.close();
  await eventually(async () => assert.equal(await connection.isGone(), true), GONE_MILLISECONDS);
  await eventually(
    () => assert.deepEqual([trial.relay.report().length, trial.session.streams().length], [0, 0]),
    GONE_MILLISECONDS,
  );
});

Deno.test("startRelay() over the mux ends a client's connection when the link breaks", async () => {
  await using trial = await serveOverMux();
  using client = connectionDuplex(await Deno.connect({ transport: "unix", path: trial.path }));
  await writeText(client, "GET /events HTTP/1.1\r\nHost: d\r\n\r\n");
  const connection = await trial.engine.accept();
  await readText(connection, 1);
  const part = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n";
  await writeText(connection, part);
  assert.equal(await readText(client, part.length), part);
  await trial.session.close();
  assert.equal(await client.read(), null);
});
