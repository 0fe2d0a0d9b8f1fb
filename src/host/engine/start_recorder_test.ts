import assert from "node:assert/strict";
import type { AgentStart } from "../../agent/protocol/start_marks.ts";
import { type EngineStart, START_PHASES, StartReport } from "../../api/resources/start_report.ts";
import { StartRecorder } from "./start_recorder.ts";

const ORIGIN = Date.parse("2026-01-02T03:04:05.000Z");
/** The agent's runtime begins at 150 on the host's clock. */
const AGENT: AgentStart = {
  sentAt: 500,
  begunAt: -20,
  ends: { "network": 0, "modules": 30, "leftovers": 35, "control-groups": 40, "data": 60, "dockerd": 490 },
};
const RUNNING = { kind: "running" } as Parameters<StartRecorder["entered"]>[0];

function recorderAt(now: number) {
  const clock = { now: () => time.now, origin: ORIGIN };
  const time = { now };
  return { time, recorder: new StartRecorder(clock) };
}

/** Phases follow each other without a gap, in their order, and are the whole together. */
function checkedStart(recorder: StartRecorder): EngineStart {
  const { start } = StartReport.parse(recorder.report());
  assert.ok(start !== null);
  let end = 0;
  for (const { startMs, durationMs } of start.phases) {
    assert.ok(Math.abs(startMs - end) < 0.02 && durationMs >= 0);
    end = startMs + durationMs;
  }
  assert.ok(Math.abs(end - start.totalMs) < 0.02, `${end} of ${start.totalMs}`);
  const order = start.phases.map(({ phase }) => START_PHASES.indexOf(phase));
  assert.deepEqual(order, order.toSorted((a, b) => a - b));
  return start;
}

function durations(start: EngineStart): Record<string, number> {
  return Object.fromEntries(start.phases.map(({ phase, durationMs }) => [phase, durationMs]));
}

Deno.test("StartRecorder follows a start for a request from its first byte to the answer", () => {
  const { time, recorder } = recorderAt(100);
  assert.deepEqual(recorder.report(), { start: null });
  recorder.begin({ cause: "request" });
  time.now = 110;
  recorder.launched();
  time.now = 650;
  recorder.agentReports(AGENT);
  time.now = 652;
  recorder.entered(RUNNING);
  assert.equal(checkedStart(recorder).outcome, "running");
  time.now = 655;
  recorder.requestEnded();
  time.now = 9_000;
  recorder.requestEnded();
  recorder.entered({ kind: "stopped" });
  const start = checkedStart(recorder);
  assert.deepEqual([start.cause, start.outcome, start.totalMs], ["request", "answered", 555]);
  assert.equal(start.since, "2026-01-02T03:04:05.100Z");
  assert.deepEqual(durations(start), {
    "distros": 10,
    "wsl": 20,
    "network": 20,
    "modules": 30,
    "leftovers": 5,
    "control-groups": 5,
    "data": 20,
    "dockerd": 430,
    "answer": 15,
  });
});

Deno.test("StartRecorder begins with the command that has launched the host", () => {
  const { time, recorder } = recorderAt(80);
  recorder.begin({ cause: "command", commandAt: ORIGIN - 90 });
  time.now = 100;
  recorder.launched();
  time.now = 650;
  recorder.agentReports(AGENT);
  recorder.entered(RUNNING);
  const start = checkedStart(recorder);
  assert.deepEqual([start.outcome, start.totalMs, start.since], [
    "answered",
    740,
    "2026-01-02T03:04:04.910Z",
  ]);
  const { command, host, distros } = durations(start);
  assert.deepEqual([command, host, distros], [90, 80, 20]);
});

Deno.test("StartRecorder leaves out a command that some clock puts after the host, or long before", () => {
  for (const commandAt of [ORIGIN + 5_000, ORIGIN - 86_400_000]) {
    const { recorder } = recorderAt(80);
    recorder.begin({ cause: "command", commandAt });
    assert.deepEqual(checkedStart(recorder).phases.map(({ phase }) => phase), ["host", "distros"]);
  }
});

Deno.test("StartRecorder believes the report of the agent that came quickest", () => {
  const { time, recorder } = recorderAt(100);
  recorder.begin({ cause: "command" });
  recorder.launched();
  for (const [now, sentAt] of [[400, 50], [250, 98], [900, 300]] as const) {
    time.now = now;
    recorder.agentReports({ sentAt, begunAt: -20, ends: { network: 0, modules: 30 } });
  }
  assert.deepEqual(durations(checkedStart(recorder)), {
    distros: 0,
    wsl: 32, // 250 - 98 - 20 - 100
    network: 20,
    modules: 30,
    leftovers: 718,
  });
});

Deno.test("StartRecorder shows where a failed start has ended, and the next start in its place", () => {
  const { time, recorder } = recorderAt(100);
  recorder.begin({ cause: "request" });
  recorder.launched();
  time.now = 220;
  const ends = { "network": 0, "modules": 30, "leftovers": 35, "control-groups": 40 };
  recorder.agentReports({ sentAt: 70, begunAt: -20, ends });
  time.now = 300;
  const problem = { code: "WL_DATA_TOO_NEW", message: "Cannot start dockerd", remedy: "Update." } as const;
  recorder.entered({ kind: "failed", problem });
  time.now = 800;
  recorder.requestEnded();
  recorder.agentReports(AGENT);
  const failed = checkedStart(recorder);
  assert.deepEqual([failed.outcome, failed.problem, failed.totalMs], ["failed", "Cannot start dockerd", 200]);
  assert.equal(failed.phases.at(-1)!.phase, "data");

  time.now = 1_000;
  recorder.begin({ cause: "command" });
  const next = checkedStart(recorder);
  assert.deepEqual([next.outcome, next.problem, next.phases.length], ["running", null, 1]);
});

Deno.test("StartRecorder takes another agent for the one that has failed, and a stop for the end", () => {
  const { time, recorder } = recorderAt(100);
  recorder.begin({ cause: "request" });
  recorder.launched();
  time.now = 650;
  recorder.agentReports(AGENT);
  time.now = 700;
  recorder.launched();
  time.now = 710;
  recorder.entered({ kind: "stopping", stage: "Stopping" });
  const start = checkedStart(recorder);
  assert.deepEqual([start.outcome, durations(start)], ["stopped", { distros: 600, wsl: 10 }]);
});

Deno.test("StartRecorder takes an answer that comes before the agent's report of it", () => {
  const { time, recorder } = recorderAt(100);
  recorder.begin({ cause: "request" });
  time.now = 120;
  recorder.requestEnded(); // an error of ours
  recorder.launched();
  time.now = 645;
  recorder.requestEnded();
  time.now = 650;
  recorder.agentReports(AGENT);
  const start = checkedStart(recorder);
  assert.deepEqual([start.outcome, start.totalMs, durations(start)["answer"]], ["answered", 545, 5]);
});

Deno.test("StartRecorder takes an answer that a slow report of the agent seems to put before dockerd's", () => {
  const { time, recorder } = recorderAt(100);
  recorder.begin({ cause: "request" });
  recorder.launched();
  time.now = 645;
  recorder.requestEnded();
  time.now = 700;
  recorder.agentReports(AGENT); // its dockerd seems to answer at 690
  const start = checkedStart(recorder);
  assert.deepEqual([start.outcome, start.totalMs, durations(start)["answer"]], ["answered", 545, 0]);
});
