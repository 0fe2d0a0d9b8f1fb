import assert from "node:assert/strict";
import { NO_LOG } from "../../logging/log.ts";
import { createMemoryDuplexPair } from "../../streams/memory_duplex.ts";
import type { WslExit, WslProcess } from "../../wsl/wsl.ts";
import { openEngineLife } from "./engine_life.ts";

/** A wsl that was started and says nothing, as one that waits for a lock. */
function silentProcess(): WslProcess & { readonly isDisposed: boolean } {
  const [link] = createMemoryDuplexPair();
  const exit = Promise.withResolvers<WslExit>();
  let isDisposed = false;
  return {
    pid: 1,
    link,
    pipeAccess: "streams",
    exited: exit.promise,
    kill: () => exit.resolve({ exitCode: 137, failure: null }),
    get isDisposed() {
      return isDisposed;
    },
    async [Symbol.asyncDispose]() {
      this.kill();
      link.close();
      isDisposed = true;
      await exit.promise;
    },
  };
}

Deno.test("openEngineLife() ends a start that stays silent", async () => {
  const process = silentProcess();
  {
    await using life = openEngineLife({
      wsl: { spawn: () => process, terminate: () => Promise.resolve() },
      engineDistro: "windlass",
      dataLost: new Promise(() => {}),
      daemonOptions: {},
      log: NO_LOG,
      onLine: () => {},
      onState: () => {},
      startMilliseconds: 1,
    });
    const { code, message } = await life.ended;
    assert.deepEqual([code, message], [
      "WL_WSL_TIMEOUT",
      "Cannot start the engine: the distro 'windlass' has not answered for 0.001 s",
    ]);
  }
  assert.equal(process.isDisposed, true);
});

Deno.test("openEngineLife() logs at level debug how it reads and writes the link", async () => {
  const lines: unknown[] = [];
  await using _life = openEngineLife({
    wsl: { spawn: silentProcess, terminate: () => Promise.resolve() },
    engineDistro: "windlass",
    dataLost: new Promise(() => {}),
    daemonOptions: {},
    log: (...line) => void lines.push(line),
    onLine: () => {},
    onState: () => {},
  });
  assert.deepEqual(lines[0], ["debug", "engine.link.opened", { pid: 1, pipes: "streams" }]);
});
