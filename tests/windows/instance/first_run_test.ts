import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { machineState, NO_CHANGES, stateChanges } from "../support/machine_state.ts";
import { openWindowsInstance } from "../support/windows_instance.ts";

/** Where Windlass lives for this user. */
const HOME = "users/Jo Müller/AppData/Local/Windlass/";

Deno.test("windlass.exe goes from an empty profile to a container and away again without a trace", async (test) => {
  await using instance = await openWindowsInstance({ user: "Jo Müller" });
  const { docker, machine: { wine } } = instance;
  const before = await machineState(wine);

  await test.step("start imports the distros and starts the engine", async () => {
    await instance.run(["start"]);
    const status = JSON.parse(await instance.run(["status", "--json"]));
    assert.equal(status.engine.state, "running");
    assert.equal((await machineState(wine)).files.includes(HOME), true);
    assert.deepEqual(status.engine.listening, [
      "npipe:////./pipe/windlass_engine",
      "npipe:////./pipe/docker_engine",
    ]);
  });

  await test.step("docker.exe runs a container", async () => {
    assert.equal(await docker.run(["run", "--rm", "busybox", "echo", "hello"]), "hello");
  });

  await test.step("stop ends it, start brings it back with its data", async () => {
    await docker.run(["volume", "create", "kept"]);
    await instance.run(["stop"]);
    assert.match((await instance.attempt(["status"])).stdout, /not running|stopped/i);
    await instance.run(["start"]);
    assert.equal(await docker.run(["volume", "ls", "--quiet"]), "kept");
  });

  await test.step("uninstall leaves the machine as it was", async () => {
    await instance.run(["uninstall", "--yes"]);
    await eventually(async () => {
      assert.deepEqual(stateChanges(before, await machineState(wine)), NO_CHANGES);
    });
  });
});
