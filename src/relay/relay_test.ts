import assert from "node:assert/strict";
import { createMemoryClient, MemoryListener, readText, writeText } from "../../tests/fakes/relay_fakes.ts";
import type { Duplex } from "../streams/duplex.ts";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";
import { startRelay } from "./relay.ts";

const GET = "GET /events HTTP/1.1\r\nHost: d\r\n\r\n";

function newTrial(signal?: AbortSignal, maximumClients = Infinity) {
  const listener = new MemoryListener();
  const engines: Duplex[] = [];
  let opened: (() => void) | undefined;
  const events: string[] = [];
  const relay = startRelay({
    listener,
    openUpstream: () => {
      const [near, far] = createMemoryDuplexPair();
      engines.push(far);
      opened?.();
      return Promise.resolve(near);
    },
    translatePath: () => undefined,
    maximumClients,
    log: (level, event) => void (level === "debug" || events.push(event)),
    ...(signal === undefined ? {} : { signal }),
  });
  /** The engine's end of the stream with this number, once it is open. */
  const engine = async (index: number) => {
    while (engines[index] === undefined) await new Promise<void>((resolve) => opened = resolve);
    return engines[index];
  };
  return { listener, engine, events, relay };
}

Deno.test("startRelay() gives each client a stream of its own", async () => {
  const { listener, engine, relay } = newTrial();
  await using _ = relay;
  const clients = [createMemoryClient(), createMemoryClient()];
  for (const client of clients) {
    listener.offer(client.accepted);
    await writeText(client.own, GET);
  }
  for (const [index, client] of clients.entries()) {
    assert.equal(await readText(await engine(index), GET.length), GET);
    const answered = writeText(await engine(index), `answer ${index}`);
    assert.equal(await readText(client.own, 8), `answer ${index}`);
    await answered;
  }
  assert.equal(relay.report().length, 2);
  assert.deepEqual(relay.activeRequests().map(({ kind, path }) => [kind, path]), [["events", "/events"], [
    "events",
    "/events",
  ]]);
});

Deno.test("Relay.close() stops listening and ends every connection", async () => {
  const { listener, engine, relay } = newTrial();
  const client = createMemoryClient();
  listener.offer(client.accepted);
  await writeText(client.own, GET);
  await readText(await engine(0), GET.length);
  await relay.close();
  await relay.close();
  assert.equal(listener.closed, true);
  assert.equal(await client.own.read(), null);
  assert.equal(await (await engine(0)).read(), null);
  assert.deepEqual([relay.report().length, relay.activeRequests()], [0, []]);
});

Deno.test("startRelay() ends with its signal", async () => {
  const controller = new AbortController();
  const { listener, relay } = newTrial(controller.signal);
  controller.abort();
  assert.equal(listener.closed, true);
  await relay.close();
});

Deno.test("startRelay() does nothing when its signal was aborted before", async () => {
  const { listener, relay } = newTrial(AbortSignal.abort());
  await relay.close();
  assert.equal(listener.closed, true);
});

Deno.test("startRelay() continues after a client that could not be accepted", async () => {
  const { listener, engine, events, relay } = newTrial();
  await using _ = relay;
  listener.offer(new Error("too many open files"));
  const client = createMemoryClient();
  listener.offer(client.accepted);
  await writeText(client.own, GET);
  assert.equal(await readText(await engine(0), GET.length), GET);
  assert.deepEqual(events, ["relay.accept.failed"]);
});

Deno.test("startRelay() closes the oldest idle client where there is no room, and refuses a client where none is idle", async () => {
  const { listener, engine, relay, events } = newTrial(undefined, 2);
  await using _ = relay;
  const clients = Array.from({ length: 4 }, createMemoryClient);
  const connect = async (index: number, request: boolean) => {
    listener.offer(clients[index]!.accepted);
    if (request) await writeText(clients[index]!.own, GET);
  };
  await connect(0, false);
  await connect(1, true);
  await readText(await engine(0), GET.length);
  await connect(2, true);
  assert.equal(await clients[0]!.own.read(), null);
  await readText(await engine(1), GET.length);
  await connect(3, true);
  const answer = await readText(clients[3]!.own, 300).catch(() => "");
  assert.equal(
    answer.split("\r\n\r\n")[1],
    '{"message":"Cannot reach the Docker engine: 2 requests are under way, which is the limit"}\n',
  );
  assert.deepEqual(events, ["relay.idle_clients.closed", "relay.full"]);
  assert.equal(relay.report().length, 2);
});
