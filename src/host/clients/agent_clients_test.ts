import assert from "node:assert/strict";
import type { IncomingStream } from "../../mux/mux_session.ts";
import type { MuxStream } from "../../mux/mux_stream.ts";
import { createMemoryDuplexPair } from "../../streams/memory_duplex.ts";
import { AgentClients, CLIENT_TARGET } from "./agent_clients.ts";

/** A stream as a session hands it over, and the agent's end of it. */
function incoming() {
  const [host, agent] = createMemoryDuplexPair();
  const gone = new AbortController();
  const refusals: string[] = [];
  const stream = Object.assign(host, { id: 1, target: CLIENT_TARGET, gone: gone.signal, reset() {} });
  const offered: IncomingStream = {
    id: 1,
    target: CLIENT_TARGET,
    accept: () => stream as MuxStream,
    refuse: (reason) => void refusals.push(reason),
  };
  return { offered, agent, gone, refusals };
}

Deno.test("AgentClients.accept() hands out clients that came before it and after it", async () => {
  const clients = new AgentClients();
  const [first, second] = [incoming(), incoming()];
  clients.offer(first.offered);
  const one = await clients.accept();
  const waiting = clients.accept();
  clients.offer(second.offered);
  const two = await waiting;

  const encoder = new TextEncoder();
  const [heard] = await Promise.all([two!.read(), second.agent.write(encoder.encode("hi"))]);
  assert.deepEqual(heard, encoder.encode("hi"));
  const [answer] = await Promise.all([second.agent.read(), two!.write(encoder.encode("ho"))]);
  assert.deepEqual(answer, encoder.encode("ho"));
  await second.agent.closeWrite();
  assert.equal(await two!.read(), null);
  assert.equal(await two!.isGone(), false);
  second.gone.abort();
  assert.equal(await two!.isGone(), true);
  one!.close();
  two!.close();
});

Deno.test("AgentClients.close() ends accept(), closes who waits, and refuses who comes later", async () => {
  const clients = new AgentClients();
  const waiting = clients.accept();
  clients.close();
  assert.equal(await waiting, null);
  assert.equal(await clients.accept(), null);
  const late = incoming();
  clients.offer(late.offered);
  assert.deepEqual(late.refusals, ["the host ends"]);

  const queued = incoming();
  const others = new AgentClients();
  others.offer(queued.offered);
  others.close();
  assert.equal(await queued.agent.read(), null);
});
