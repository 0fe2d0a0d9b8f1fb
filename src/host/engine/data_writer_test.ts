import assert from "node:assert/strict";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { RunOptions, RunResult } from "../../wsl/wsl.ts";
import { readDataWriter } from "./data_writer.ts";

const { signal } = new AbortController();

function ask(run: (options: RunOptions) => Promise<RunResult>): Promise<string | undefined> {
  return readDataWriter({ wsl: { run }, distro: "windlass-data", signal });
}

Deno.test("readDataWriter() reads the stamp in the data distro", async () => {
  const calls: RunOptions[] = [];
  const answer = await ask((options) => {
    calls.push(options);
    return Promise.resolve({ exitCode: 0, stdout: '{"format":1,"dockerd":"29.0.1"}\n', stderr: "" });
  });
  assert.equal(answer, "29.0.1");
  assert.deepEqual(calls, [{
    distro: "windlass-data",
    argv: ["/bin/cat", "/var/lib/windlass/engine-version.json"],
    signal,
  }]);
});

Deno.test("readDataWriter() knows nothing of data without a stamp, and without data", async () => {
  const missing = { exitCode: 1, stdout: "", stderr: "cat: can't open: No such file or directory\n" };
  assert.equal(await ask(() => Promise.resolve(missing)), undefined);
  const error = new WindlassError("WL_DISTRO_NOT_FOUND", "Cannot run a program: there is no such distro");
  assert.equal(await ask(() => Promise.reject(error)), undefined);
});

Deno.test("readDataWriter() passes on why wsl fails", async () => {
  const error = new WindlassError("WL_WSL_TIMEOUT", "Cannot run a program: wsl says nothing");
  await assert.rejects(ask(() => Promise.reject(error)), { code: "WL_WSL_TIMEOUT" });
});
