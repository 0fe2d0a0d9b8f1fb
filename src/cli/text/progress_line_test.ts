import assert from "node:assert/strict";
import type { EngineStatus } from "../../api/resources/engine.ts";
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

function drawnBy(interactive: boolean, statuses: EngineStatus[], columns = 80): string {
  let text = "";
  {
    using line = new ProgressLine({ interactive, columns: () => columns, note: (more) => text += more });
    for (const shown of statuses) line.show(shown);
  }
  return text;
}

Deno.test("describe() draws a bar where the size is known", () => {
  assert.equal(
    describe("Importing", { done: 50, total: 100 }, 80),
    "Importing [###############...............]  50 %",
  );
  assert.equal(describe("Starting", undefined, 80), "Starting ...");
});

Deno.test("describe() fits every width: the bar gives way first, then the end of the stage", () => {
  const stage = "Importing the distro 'windlass-748e8ca3-data'";
  const progress = { done: 69, total: 100 };
  assert.equal(describe(stage, progress, 79), `${stage} [#################........]  69 %`);
  assert.equal(describe(stage, progress, 59), `${stage} [###..]  69 %`);
  assert.equal(describe(stage, progress, 52), `${stage}  69 %`);
  assert.equal(describe(stage, progress, 20), "Importing the   69 %");
  assert.equal(describe(stage, undefined, 20), "Importing the di ...");
  for (let columns = 10; columns < 100; columns++) {
    assert.ok(describe(stage, progress, columns).length <= columns, String(columns));
  }
});

Deno.test("ProgressLine never fills the last column, where a redraw would start a new line", () => {
  const stage = "Importing the distro 'windlass-748e8ca3-data'";
  const drawn = drawnBy(true, [10, 20, 30].map((done) => status(stage, done, 100)), 60);
  assert.ok(drawn.split("\r").every((line) => line.length <= 59), drawn);
});

Deno.test("ProgressLine prints each line once where two imports report in turn and nobody watches", () => {
  const both = ["Importing the distro 'windlass'", "Importing the distro 'windlass-data'"];
  const steps = [0, 10, 20, 30].flatMap((done) => both.map((stage) => status(stage, done, 100)));
  assert.equal(drawnBy(false, steps), [...both, ...both.map((stage) => `${stage}: 25 %`), ""].join("\n"));
});

Deno.test("ProgressLine reports a long step in quarters without a terminal", () => {
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
