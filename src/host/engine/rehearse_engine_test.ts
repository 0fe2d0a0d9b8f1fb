import assert from "node:assert/strict";
import { NEVER } from "../../timing/sleep.ts";
import type { RunOptions, RunResult } from "../../wsl/wsl.ts";
import { rehearseEngine } from "./rehearse_engine.ts";

const FIT = { programs: { dockerd: "29.0.1" }, problems: [] };

interface Trial {
  readonly result?: Partial<RunResult>;
  readonly report?: unknown;
  readonly dataWriter?: string;
  readonly calls?: RunOptions[];
}

function rehearse({ result, report, dataWriter, calls }: Trial): Promise<void> {
  return rehearseEngine({
    wsl: {
      run: (options) => {
        calls?.push(options);
        return Promise.resolve({ exitCode: 0, stdout: JSON.stringify(report), stderr: "", ...result });
      },
    },
    distro: "windlass-b",
    daemonOptions: { debug: true },
    dataWriter,
    signal: NEVER,
  });
}

Deno.test("rehearseEngine() has the distro try itself out with the user's options", async () => {
  const calls: RunOptions[] = [];
  await rehearse({ report: FIT, calls, dataWriter: "28.5.2" });
  assert.deepEqual(calls.map(({ distro, argv }) => [distro, argv]), [[
    "windlass-b",
    ["/usr/bin/env", 'WINDLASS_DAEMON_OPTIONS={"debug":true}', "/usr/lib/windlass/rehearse"],
  ]]);
});

Deno.test("rehearseEngine() names the first program that does not run", async () => {
  const problems = ["runc does not run: status 127, and no version", "docker does not run: signal 9"];
  await assert.rejects(rehearse({ report: { ...FIT, problems } }), {
    code: "WL_ENGINE_UNFIT",
    message:
      "Cannot use the engine in the distro 'windlass-b': runc does not run: status 127, and no version",
  });
});

Deno.test("rehearseEngine() says how a rehearsal without a report has ended", async () => {
  await assert.rejects(rehearse({ result: { exitCode: 139, stdout: "", stderr: "warning\nno luck\n" } }), {
    code: "WL_ENGINE_UNFIT",
    message:
      "Cannot use the engine in the distro 'windlass-b': /usr/lib/windlass/rehearse ended with status 139: no luck",
  });
});

Deno.test("rehearseEngine() refuses an engine that does not take the user's options", async () => {
  await assert.rejects(rehearse({ report: { ...FIT, optionsProblem: "unknown directive: debug" } }), {
    code: "WL_DAEMON_OPTIONS_INVALID",
    message: "Cannot use 'engine.daemonOptions' with the next version: unknown directive: debug",
  });
});

Deno.test("rehearseEngine() refuses a dockerd that is too old for the data", async () => {
  await assert.rejects(rehearse({ report: FIT, dataWriter: "30.0.0" }), {
    code: "WL_DATA_TOO_NEW",
    message: "Cannot use dockerd 29.0.1: the data was last written by 30.0.0",
  });
});
