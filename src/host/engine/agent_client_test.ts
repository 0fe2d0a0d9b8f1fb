import assert from "node:assert/strict";
import { WindlassError } from "../../errors/windlass_error.ts";
import { type LogLine, NO_LOG } from "../../logging/log.ts";
import type { MuxSession } from "../../mux/mux_session.ts";
import type { Duplex } from "../../streams/duplex.ts";
import { createMemoryDuplexPair } from "../../streams/memory_duplex.ts";
import { NEVER } from "../../timing/sleep.ts";
import { type AgentClient, connectAgent } from "./agent_client.ts";
import type { HelloMessage } from "../../agent/protocol/rpc_messages.ts";
import type { DockerdState } from "../../agent/protocol/dockerd_state.ts";
import type { AgentStart } from "../../agent/protocol/start_marks.ts";
import { encodeJsonLine } from "../../agent/protocol/json_lines.ts";
import { type RpcActions, RpcService } from "../../agent/streams/rpc_service.ts";

const TIME = "2026-01-02T03:04:05.678Z";
const RUNNING: DockerdState = { kind: "running", since: TIME, dockerVersion: "28", sampleImages: "loaded" };
const HELLO: HelloMessage = {
  kind: "hello",
  agentVersion: "1",
  kernel: "6.6",
  kernelProblems: [],
  processId: 3,
};
const USE = {
  containers: [{ name: "web", state: "running" }],
  containerCount: 1,
  swarm: false,
  localClients: 0,
};
const START: AgentStart = { sentAt: 40, begunAt: -20, ends: { network: 0, modules: 30 } };
function line(event: string): LogLine {
  return { time: TIME, level: "info", source: "dockerd", event };
}

/** A client and a service, joined by memory. */
function joinClientAndService(actions: Partial<RpcActions> = {}) {
  const [near, far] = createMemoryDuplexPair();
  const service = new RpcService({
    hello: () => HELLO,
    status: () => ({ state: RUNNING, openStreams: 2, streams: [], memoryBytes: 3 }),
    start: () => START,
    use: () => Promise.resolve(USE),
    checkDaemonOptions: () => Promise.resolve(undefined),
    hasPath: () => Promise.resolve(true),
    setLogLevel: () => {},
    holdPorts: () => Promise.resolve(),
    setCertificates: () => Promise.resolve({ restartNeeded: false }),
    restart: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
    ...actions,
  }, NO_LOG);
  service.sendLog(line("before"));
  const told: unknown[] = [];
  const agent = connect(near, told);
  const served = service.serve(far);
  return {
    agent,
    service,
    told,
    far,
    end: () => (agent[Symbol.dispose](), Promise.all([served, agent.closed])),
  };
}

function connect(stream: Duplex, told: unknown[]): AgentClient {
  // Only open() is used, and only for the one target.
  const session = { open: (target: string) => (assert.equal(target, "rpc"), stream) };
  return connectAgent(session as unknown as MuxSession, {
    onHello: (hello) => told.push(hello),
    onState: (state) => told.push(state),
    onLog: ({ event }) => told.push(event),
    log: NO_LOG,
  });
}

Deno.test("AgentClient receives the hello, the state, and the lines from before, then what happens", async () => {
  const { agent, service, told, end } = joinClientAndService();
  await agent.status(NEVER);
  service.sendLog(line("after"));
  service.sendState({ kind: "stopping", stage: "engine", since: TIME });
  await agent.status(NEVER);
  assert.deepEqual(told, [HELLO, RUNNING, "before", "after", {
    kind: "stopping",
    stage: "engine",
    since: TIME,
  }]);
  assert.equal(agent.state?.kind, "stopping");
  await end();
});

Deno.test("AgentClient.use() gives what Docker is in use for, or why that is not known", async () => {
  const known = joinClientAndService();
  assert.deepEqual(await known.agent.use(NEVER), USE);
  await known.end();
  const unknown = joinClientAndService({ use: () => Promise.reject(new Error("Docker does not answer")) });
  await assert.rejects(unknown.agent.use(NEVER), {
    code: "WL_AGENT_REFUSED",
    message: "Docker does not answer",
  });
  await unknown.end();
});

Deno.test("AgentClient gets the answers to its requests, whatever their order", async () => {
  const restarted = Promise.withResolvers<void>();
  const { agent, end } = joinClientAndService({ restart: () => restarted.promise });
  const restart = agent.restartEngine(NEVER);
  assert.deepEqual(await agent.status(NEVER), {
    state: RUNNING,
    openStreams: 2,
    streams: [],
    memoryBytes: 3,
  });
  assert.deepEqual((await agent.logs(5, NEVER)).map(({ event }) => event), ["before"]);
  restarted.resolve();
  await restart;
  await agent.shutdown(NEVER);
  await end();
});

Deno.test("AgentClient passes on why the agent does not do it", async () => {
  const refusal = new WindlassError("WL_ENGINE_FAILED", "Cannot restart Docker: the agent is shutting down");
  const { agent, end } = joinClientAndService({ restart: () => Promise.reject(refusal) });
  await assert.rejects(agent.restartEngine(NEVER), new WindlassError("WL_AGENT_REFUSED", refusal.message));
  await end();
});

Deno.test("AgentClient rejects with the signal's reason, and continues", async () => {
  const { agent, end } = joinClientAndService({ shutdown: () => new Promise(() => {}) });
  const limit = new AbortController();
  const asked = agent.shutdown(limit.signal);
  limit.abort(new WindlassError("WL_ENGINE_TIMEOUT", "too late"));
  await assert.rejects(asked, /too late/);
  assert.equal((await agent.status(NEVER)).openStreams, 2);
  await end();
});

Deno.test("AgentClient rejects what waits, and what comes later, when the stream has ended", async () => {
  const { agent, end } = joinClientAndService({ shutdown: () => new Promise(() => {}) });
  const gone = new WindlassError(
    "WL_AGENT_GONE",
    "Cannot ask the agent for 'shutdown': its control stream has ended",
  );
  const asked = assert.rejects(agent.shutdown(NEVER), gone);
  await agent.status(NEVER);
  await end();
  await asked;
  await assert.rejects(agent.shutdown(NEVER), gone);
});

Deno.test("AgentClient.checkDaemonOptions() returns what dockerd says, or nothing", async () => {
  const { agent, end } = joinClientAndService({
    checkDaemonOptions: (options) => Promise.resolve("nonsense" in options ? "unknown: nonsense" : undefined),
  });
  assert.equal(await agent.checkDaemonOptions({ nonsense: true }, NEVER), "unknown: nonsense");
  assert.equal(await agent.checkDaemonOptions({ debug: true }, NEVER), undefined);
  await end();
});

Deno.test("RpcService drops log lines, never states, for a host that does not read, and counts them", async () => {
  const [near, far] = createMemoryDuplexPair();
  const service = new RpcService({
    hello: () => HELLO,
    status: () => ({ state: RUNNING, openStreams: 0, streams: [], memoryBytes: 0 }),
    start: () => START,
    use: () => Promise.resolve(USE),
    checkDaemonOptions: () => Promise.resolve(undefined),
    hasPath: () => Promise.resolve(true),
    restart: () => Promise.resolve(),
    setLogLevel: () => {},
    holdPorts: () => Promise.resolve(),
    setCertificates: () => Promise.resolve({ restartNeeded: false }),
    shutdown: () => Promise.resolve(),
  }, NO_LOG);
  const served = service.serve(far);
  for (let turn = 0; turn < 5; turn++) await Promise.resolve(); // the first write is under way
  for (let count = 0; count < 1_500; count++) service.sendLog(line("x"));
  service.sendState({ kind: "stopping", stage: "engine", since: TIME });
  const told: unknown[] = [];
  const agent = connect(near, told);
  await agent.status(NEVER);
  await agent.status(NEVER);
  assert.deepEqual(told.filter((each) => typeof each === "object").length, 3);
  assert.deepEqual(told.filter((each) => each === "x").length, 1_000);
  assert.deepEqual(told.filter((each) => each === "agent.log.dropped").length, 1);
  agent[Symbol.dispose]();
  await Promise.all([served, agent.closed]);
});

Deno.test("AgentClient passes on what the agent reports of its start, ahead of the state", async () => {
  const [near, far] = createMemoryDuplexPair();
  const told: unknown[] = [];
  using _agent = connectAgent({ open: () => near } as unknown as MuxSession, {
    onStart: (start) => told.push(start),
    onState: (state) => told.push(state),
    onLog: () => {},
    log: NO_LOG,
  });
  await far.write(encodeJsonLine({ kind: "state", state: RUNNING, start: START }));
  await far.write(encodeJsonLine({ kind: "state", state: RUNNING }));
  await far.write(encodeJsonLine({ kind: "state", state: RUNNING, start: { sentAt: "soon" } }));
  await far.closeWrite();
  await _agent.closed;
  assert.deepEqual(told, [START, RUNNING, RUNNING]);
});

Deno.test("AgentClient asks about workspaces, and gets the agent's answers or why there are none", async () => {
  const asked: unknown[] = [];
  const { agent, end } = joinClientAndService({
    workspaces: {
      serve: (workspaces) => Promise.resolve(void asked.push(workspaces)),
      rest: () => Promise.reject(new WindlassError("WL_ENGINE_FAILED", "Cannot rest: a client came")),
      resolvePath: (workspace, path, use) =>
        Promise.resolve(use === "later" ? { refused: "it is gone" } : { path: `${workspace}${path}` }),
      prepareStart: (container) =>
        Promise.resolve(container === "web" ? undefined : "Cannot start it: no files"),
    },
  });
  const workspace = {
    name: "Ubuntu",
    token: "0".repeat(32),
    uid: 1,
    gid: 0,
    mode: 0o600,
    automountRoot: "/mnt/",
  };
  await agent.serveWorkspaces([workspace], NEVER);
  assert.deepEqual(asked, [[workspace]]);
  await assert.rejects(
    agent.rest(NEVER),
    new WindlassError("WL_AGENT_REFUSED", "Cannot rest: a client came"),
  );
  assert.deepEqual(await agent.resolveWorkspacePath("Ubuntu", "/a", "create", NEVER), { path: "Ubuntu/a" });
  assert.deepEqual(await agent.resolveWorkspacePath("Ubuntu", "/a", "later", NEVER), {
    refused: "it is gone",
  });
  assert.equal(await agent.prepareStart("web", NEVER), undefined);
  assert.equal(await agent.prepareStart("db", NEVER), "Cannot start it: no files");
  await end();
});

Deno.test("AgentClient hears that an agent serves no workspaces", async () => {
  const { agent, end } = joinClientAndService();
  await assert.rejects(
    agent.rest(NEVER),
    new WindlassError("WL_AGENT_REFUSED", "Cannot do 'rest': this agent serves no workspaces"),
  );
  await end();
});
