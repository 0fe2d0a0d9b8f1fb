import assert from "node:assert/strict";
import {
  AGENT_FILE,
  createFakeMachine,
  dataImage,
  engineImage,
  type FakeMachine,
  SHARE_FILE,
} from "../../tests/fakes/fake_distro_machine.ts";
import { ensureDataDistro } from "./data_distro.ts";
import { ensureEngineDistro } from "./engine_distro.ts";
import { foreignDistros, removeDistros, resetDistros } from "./remove_distros.ts";

/** As a user sees it who has a distro of that name from elsewhere. */
function register(
  machine: FakeMachine,
  name: string,
  files: readonly string[],
  directory: string | null = "D:\\mine",
): void {
  machine.wsl.distros.set(name, { state: "registered", directory, archive: "", files: new Set(files) });
}

const foreignError = (name: string) => ({
  code: "WL_DISTRO_FOREIGN",
  message:
    `Cannot use the distro '${name}': the distro of that name in 'D:\\mine' does not belong to Windlass`,
  remedy:
    "Export that distro and import it under another name, or unregister it if you do not need it, and try again.",
});

Deno.test("ensureEngineDistro() leaves a distro of its name alone that is not ours", async () => {
  for (const name of ["windlass", "Windlass"]) {
    await using machine = await createFakeMachine();
    register(machine, name, ["/etc", "/home/me/work"]);
    machine.wsl.distros.set("windlass", machine.wsl.distros.get(name)!); // WSL finds it by either name
    await assert.rejects(
      ensureEngineDistro(await machine.startProcess(), "windlass", engineImage("A")),
      foreignError("windlass"),
    );
    assert.deepEqual(machine.wsl.calls, ["list", "run windlass"]);
    assert.ok(machine.wsl.distros.has(name));
  }
});

Deno.test("ensureDataDistro() leaves a distro of its name alone that is not ours", async () => {
  await using machine = await createFakeMachine();
  register(machine, "windlass-data", ["/etc"]);
  await assert.rejects(
    ensureDataDistro(await machine.startProcess(), dataImage()),
    foreignError("windlass-data"),
  );
  assert.deepEqual(machine.wsl.calls, ["list", "run windlass-data"]);
});

Deno.test("resetDistros() and removeDistros() leave what is not ours registered", async () => {
  await using machine = await createFakeMachine();
  register(machine, "windlass", ["/etc"]);
  register(machine, "windlass-data", ["/etc"]);
  await resetDistros(await machine.startProcess(), { data: true });
  await removeDistros(await machine.startProcess());
  assert.deepEqual([...machine.wsl.distros.keys()], ["windlass", "windlass-data"]);
});

Deno.test("a distro of ours that the user has moved is used, kept and removed as ever", async () => {
  await using machine = await createFakeMachine();
  await ensureEngineDistro(await machine.startProcess(), "windlass", engineImage("A"));
  await ensureDataDistro(await machine.startProcess(), dataImage());
  register(machine, "windlass", ["/etc", "/content/A", AGENT_FILE]);
  register(machine, "windlass-data", ["/etc", SHARE_FILE, "/var/lib/windlass/image"]);
  machine.wsl.calls.length = 0;
  await ensureEngineDistro(await machine.startProcess(), "windlass", engineImage("A"));
  await ensureDataDistro(await machine.startProcess(), dataImage());
  assert.deepEqual(machine.wsl.calls, ["list", "run windlass", "list", "run windlass-data"]);
  assert.ok(machine.wsl.distros.get("windlass-data")?.files.has("/var/lib/windlass/image"));
  await removeDistros(await machine.startProcess());
  assert.equal(machine.wsl.distros.size, 0);
});

Deno.test("where WSL reports no folder, a distro that the record does not mention is ours only with our files", async () => {
  for (const files of [["/etc"], ["/etc", AGENT_FILE]]) {
    await using machine = await createFakeMachine();
    register(machine, "windlass-data", files, null);
    const foreign = await foreignDistros(await machine.startProcess());
    await removeDistros(await machine.startProcess());
    assert.equal(machine.wsl.distros.has("windlass-data"), files.length === 1);
    assert.deepEqual(
      foreign.map(({ message }) => message),
      files.length === 1
        ? ["Cannot use the distro 'windlass-data': the distro of that name does not belong to Windlass"]
        : [],
    );
  }
});

Deno.test("foreignDistros() names each distro of our names that is not ours, and touches none", async () => {
  await using machine = await createFakeMachine();
  await ensureEngineDistro(await machine.startProcess(), "windlass", engineImage("A"));
  register(machine, "windlass-data", ["/etc"]);
  const found = await foreignDistros(await machine.startProcess());
  assert.deepEqual(found.map(({ message }) => message), [foreignError("windlass-data").message]);
  assert.deepEqual([...machine.wsl.distros.keys()], ["windlass", "windlass-data"]);
});

Deno.test("a distro in our own folder is ours in whatever way the folder is written", async () => {
  await using machine = await createFakeMachine();
  const context = await machine.startProcess();
  const directory = `\\\\?\\${context.directory}/windlass/`.toUpperCase();
  register(machine, "windlass", ["/etc"], directory); // an import of ours that was cut off
  await ensureEngineDistro(context, "windlass", engineImage("A"));
  assert.ok(machine.wsl.distros.get("windlass")?.files.has("/content/A"));
});
