import assert from "node:assert/strict";
import { createFakeMachine, engineImage, image } from "../../tests/fakes/fake_distro_machine.ts";
import { ensureEngineDistro } from "./engine_distro.ts";

Deno.test("ensureEngineDistro() imports, checks and records the distro when there is none", async () => {
  await using machine = await createFakeMachine();
  const context = await machine.startProcess();
  await ensureEngineDistro(context, "windlass", engineImage("A"));

  assert.deepEqual([...machine.wsl.distros.keys()], ["windlass"]);
  assert.equal(machine.wsl.distros.get("windlass")?.directory, `${machine.home}/distros/windlass`);
  assert.equal((await machine.startProcess()).record.engines["windlass"]?.rootfsId, "A");
  assert.deepEqual(machine.wsl.calls, ["list", "import windlass", "run windlass"]);
});

Deno.test("ensureEngineDistro() reports the bytes of the archive up to the last", async () => {
  await using machine = await createFakeMachine();
  await ensureEngineDistro(await machine.startProcess(), "windlass", engineImage("A"));

  const total = new TextEncoder().encode("/etc\n/content/A\n/usr/lib/windlass/agent.js").length;
  assert.deepEqual(machine.events, [
    { distro: "windlass", stage: "import", title: "Importing the distro" },
    {
      distro: "windlass",
      stage: "import",
      title: "Importing the distro",
      sentBytes: total,
      totalBytes: total,
    },
    { distro: "windlass", stage: "check", title: "Checking the distro" },
  ]);
});

Deno.test("ensureEngineDistro() only asks for the list when the distro is the right one", async () => {
  await using machine = await createFakeMachine();
  await ensureEngineDistro(await machine.startProcess(), "windlass", engineImage("A"));
  machine.wsl.calls.length = 0;
  await ensureEngineDistro(await machine.startProcess(), "windlass", engineImage("A"));
  assert.deepEqual(machine.wsl.calls, ["list"]);
});

Deno.test("ensureEngineDistro() replaces a distro with another content", async () => {
  await using machine = await createFakeMachine();
  await ensureEngineDistro(await machine.startProcess(), "windlass", engineImage("A"));
  await ensureEngineDistro(await machine.startProcess(), "windlass", engineImage("B"));
  assert.ok(machine.wsl.distros.get("windlass")?.files.has("/content/B"));
  assert.equal((await machine.startProcess()).record.engines["windlass"]?.rootfsId, "B");
});

Deno.test("ensureEngineDistro() replaces a distro that is in no record", async () => {
  await using machine = await createFakeMachine();
  await ensureEngineDistro(await machine.startProcess(), "windlass", engineImage("A"));
  await Deno.remove(machine.recordPath);
  machine.wsl.calls.length = 0;
  await ensureEngineDistro(await machine.startProcess(), "windlass", engineImage("A"));
  assert.deepEqual(machine.wsl.calls.slice(0, 4), ["list", "unregister windlass", "list", "import windlass"]);
});

Deno.test("ensureEngineDistro() imports again when somebody has unregistered the distro", async () => {
  await using machine = await createFakeMachine();
  await ensureEngineDistro(await machine.startProcess(), "windlass", engineImage("A"));
  machine.wsl.distros.clear();
  await ensureEngineDistro(await machine.startProcess(), "windlass", engineImage("A"));
  assert.ok(machine.wsl.distros.has("windlass"));
});

Deno.test("ensureEngineDistro() removes what an import that died has left in the folder", async () => {
  await using machine = await createFakeMachine();
  const leftover = `${machine.home}/distros/windlass/usr`;
  await Deno.mkdir(leftover, { recursive: true });
  await ensureEngineDistro(await machine.startProcess(), "windlass", engineImage("A"));
  await assert.rejects(Deno.stat(leftover), Deno.errors.NotFound);
});

Deno.test("ensureEngineDistro() refuses an archive without the agent and leaves no distro", async () => {
  await using machine = await createFakeMachine();
  await assert.rejects(ensureEngineDistro(await machine.startProcess(), "windlass", image("A", ["/etc"])), {
    name: "WindlassError",
    code: "WL_ROOTFS_INVALID",
    message: "Cannot use the distro 'windlass': it has no /usr/lib/windlass/agent.js",
  });
  assert.equal(machine.wsl.distros.size, 0);
  assert.equal((await machine.startProcess()).record.engines["windlass"]?.rootfsId, null);
});

Deno.test("ensureEngineDistro() waits for an import that an earlier process has left behind", async () => {
  await using machine = await createFakeMachine();
  const context = await machine.startProcess();
  const left = { state: "busy" as const, directory: "", archive: "", files: new Set<string>() };
  machine.wsl.distros.set("windlass", left);
  let lists = 0;
  machine.wsl.onList = () => {
    if (++lists === 4) machine.wsl.distros.delete("windlass");
  };
  await ensureEngineDistro(context, "windlass", engineImage("A"));
  assert.equal(machine.events[0]?.stage, "settle");
  assert.ok(machine.wsl.distros.get("windlass")?.files.has("/content/A"));
});

Deno.test("ensureEngineDistro() starts over when an import left behind takes the name first", async () => {
  await using machine = await createFakeMachine();
  const context = await machine.startProcess();
  const directory = `${context.directory}/windlass`;
  const left = { state: "stopped" as const, directory, archive: "", files: new Set<string>() };
  let lists = 0;
  // Just after the first list the other process registers its half of a distro.
  machine.wsl.onList = () =>
    void (++lists === 1 && queueMicrotask(() => machine.wsl.distros.set("windlass", left)));
  await ensureEngineDistro(context, "windlass", engineImage("A"));
  assert.ok(machine.wsl.distros.get("windlass")?.files.has("/content/A"));
});

Deno.test("ensureEngineDistro() gives up when the distro stays busy", async () => {
  await using machine = await createFakeMachine();
  const busy = { state: "busy" as const, directory: "", archive: "", files: new Set<string>() };
  machine.wsl.distros.set("windlass", busy);
  await assert.rejects(ensureEngineDistro(await machine.startProcess(), "windlass", engineImage("A")), {
    code: "WL_DISTRO_BUSY",
    message: "Cannot use the distro 'windlass': it has been in the process of import or removal for 120 s",
  });
});
