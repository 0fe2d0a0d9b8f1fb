import assert from "node:assert/strict";
import type { EngineStatus } from "../api/schemas.ts";
import { describe, ProgressLine } from "./progress_line.ts";

const status = (stage: string | undefined, done = 0, total = 0): EngineStatus => ({
  state: "importing",
  dockerHost: "unix:///d.sock",
  keptBy: [],
  stopsAt: null,
  listening: [],
  dockerVersion: null,
  since: null,
  ...(stage === undefined ? {} : { stage }),
  ...(total === 0 ? {} : { progress: { done, total } }),
});

function drawnBy(interactive: boolean, statuses: EngineStatus[]): string {
  let text = "";
  {
    using line = new ProgressLine({ interactive, note: (more) => text += more });
    for (const shown of statuses) line.show(shown);
  }
  return text;
}

Deno.test("describe() draws a bar where the size is known", () => {
  assert.equal(
    describe("Importing", { done: 50, total: 100 }),
    "Importing [###############...............]  50 %",
  );
  assert.equal(describe("Starting", undefined), "Starting ...");
});

Deno.test("ProgressLine tells a long step in quarters where there is no terminal", () => {
  const steps = [0, 10, 24, 25, 60, 99, 100].map((done) => status("Importing", done, 100));
  assert.equal(
    drawnBy(false, [...steps, status("Starting dockerd"), status("Starting dockerd"), status(undefined)]),
    "Importing\nImporting: 25 %\nImporting: 50 %\nImporting: 75 %\nImporting: 100 %\nStarting dockerd\n",
  );
});

Deno.test("ProgressLine redraws in place on a terminal and leaves nothing behind", () => {
  assert.equal(
    drawnBy(true, [status("Starting dockerd"), status("Waiting")]),
    "\rStarting dockerd ...\rWaiting ...         \r           \r",
  );
});
