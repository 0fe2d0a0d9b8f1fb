import assert from "node:assert/strict";
import type { Measurement } from "./measurement.ts";
import { withResults } from "./performance_page.ts";
import type { TopicResult } from "./results.ts";
import { TOPICS } from "./topics.ts";

const IDLE = { average: 0.31, busyShare: 0.02 };
const START: TopicResult = {
  date: "2026-11-29 12:00",
  machine: { processors: 2, kernel: "6.1" },
  load: { before: IDLE, after: { average: 1.52, busyShare: 0.03 } },
  measurements: [
    { name: "start", unit: "ms", rounds: [700, 800, 900] },
    { name: "size", unit: "MB", rounds: [3] },
  ],
};
const PAGE = "# P\n\nProse.\n\n<!-- bench: start -->\n\nold\n\n<!-- end -->\n\nMore.\n";

Deno.test("withResults() replaces what is between the markers, and keeps the prose", () => {
  assert.equal(
    withResults(PAGE, { start: START }),
    `# P

Prose.

<!-- bench: start -->

|       | Windlass            | baseline | ratio | target |     | CPU |
| ----- | ------------------- | -------- | ----- | ------ | --- | --- |
| start | 800 (750 to 850) ms |          |       |        |     |     |
| size  | 3 MB                |          |       |        |     |     |

2026-11-29 12:00 UTC, 2 processors, idle machine, load average 0.3 before, 1.5 after; 3 rounds or 1 round.

<!-- end -->

More.
`,
  );
});

Deno.test("withResults() of its own page changes nothing", () => {
  const once = withResults(PAGE, { start: START });
  assert.equal(withResults(once, { start: START }), once);
});

Deno.test("withResults() says when the machine was busy", () => {
  const busy = { ...START, load: { before: IDLE, after: { average: 9, busyShare: 0.456 } } };
  const text = withResults(PAGE, { start: busy });
  assert.match(text, /\*\*busy machine\*\* \(others used 46 % of it\)/);
  assert.match(text, /, 9\.0\nafter; 3 rounds or 1 round\.\n/); // as the formatter breaks it
});

Deno.test("withResults() refuses results that it would not show", () => {
  assert.throws(
    () => withResults(PAGE, { start: START, ports: START }),
    new Error("Cannot write the page: it has no place for ports"),
  );
});

Deno.test("withResults() shows that a topic has not been measured", () => {
  assert.match(withResults(PAGE, {}), /<!-- bench: start -->\n\nNo result is stored yet\.\n\n<!-- end -->/);
});

Deno.test("withResults() counts the targets of all topics", () => {
  const page = `${PAGE}\n<!-- bench: targets -->\n<!-- end -->\n`;
  const measurements = [70, 90].map((value): Measurement => ({
    name: "memory",
    unit: "MB",
    rounds: [value],
    target: { kind: "atMost", amount: 80 },
  }));
  const start = { ...START, measurements: [...START.measurements, ...measurements] };
  assert.match(withResults(page, { start }), /\n1 of 2 targets are met\.\n/);
});

Deno.test("docs/performance.md has a place for each topic", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/performance.md", import.meta.url));
  withResults(page, Object.fromEntries(TOPICS.map((topic) => [topic, START])));
});
