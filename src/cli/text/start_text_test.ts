import assert from "node:assert/strict";
import { describeStart } from "./start_text.ts";

Deno.test("describeStart() lists the phases with start and duration", () => {
  const text = describeStart({
    start: {
      cause: "request",
      since: "2026-01-02T03:04:05.678Z",
      outcome: "failed",
      problem: "Cannot start the engine: dockerd ended with exit code 1",
      totalMs: 812.5,
      phases: [
        { phase: "distros", startMs: 0, durationMs: 12.25 },
        { phase: "wsl", startMs: 12.25, durationMs: 800.25 },
      ],
    },
  });
  assert.equal(
    text,
    `Start for a request at 2026-01-02T03:04:05.678Z has failed: 812.5 ms
Cannot start the engine: dockerd ended with exit code 1

    START      TAKES  PHASE
      0.0       12.3  distros         the distros are checked, or imported
     12.3      800.3  wsl             wsl starts the distro and the agent's program
`,
  );
});

Deno.test("describeStart() says that there was no start yet", () => {
  assert.equal(describeStart({ start: null }), "The engine has not been started yet\n");
});
