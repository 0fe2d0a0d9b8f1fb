import assert from "node:assert/strict";
import {
  createFakeMachine,
  dataImage,
  engineImage,
  type FakeMachine,
} from "../../tests/fakes/fake_distro_machine.ts";
import { dataRecord, ensureDataDistro } from "./data_distro.ts";
import { ensureEngineDistro } from "./engine_distro.ts";
import { removeDistros, resetDistros } from "./remove_distros.ts";

async function machineWithBoth(): Promise<FakeMachine> {
  const machine = await createFakeMachine();
  const context = await machine.startProcess();
  await ensureEngineDistro(context, "windlass", engineImage("A"));
  await ensureDataDistro(context, dataImage());
  return machine;
}

Deno.test("resetDistros() removes the engine distro and keeps the data distro", async () => {
  await using machine = await machineWithBoth();
  await resetDistros(await machine.startProcess(), { data: false });
  assert.deepEqual([...machine.wsl.distros.keys()], ["windlass-data"]);
  const { record } = await machine.startProcess();
  assert.deepEqual([record.engines, record.data?.state], [{}, "ready"]);
});

Deno.test("resetDistros() removes both when the data is to go as well", async () => {
  await using machine = await machineWithBoth();
  await resetDistros(await machine.startProcess(), { data: true });
  assert.equal(machine.wsl.distros.size, 0);
  const { record } = await machine.startProcess();
  assert.deepEqual([record.engines, record.data], [{}, null]);
});

Deno.test("resetDistros() does nothing when there is nothing", async () => {
  await using machine = await createFakeMachine();
  await resetDistros(await machine.startProcess(), { data: true });
  assert.deepEqual(machine.wsl.calls, ["list", "list", "list"]);
});

Deno.test("ensureDataDistro() finishes a removal that was begun and starts with an empty distro", async () => {
  await using machine = await machineWithBoth();
  machine.wsl.distros.get("windlass-data")?.files.add("/var/lib/windlass/docker");
  const context = await machine.startProcess();
  await context.record.setData(dataRecord("removing"));
  await ensureDataDistro(context, dataImage());
  assert.ok(!machine.wsl.distros.get("windlass-data")?.files.has("/var/lib/windlass/docker"));
  assert.equal(context.record.data?.state, "ready");
});

Deno.test("removeDistros() leaves nothing", async () => {
  await using machine = await machineWithBoth();
  await Deno.mkdir(`${machine.home}/distros/windlass/leftover`, { recursive: true });
  await removeDistros(await machine.startProcess());
  assert.equal(machine.wsl.distros.size, 0);
  assert.deepEqual([...Deno.readDirSync(machine.home)], []);
});

Deno.test("removeDistros() leaves what is not ours where it is", async () => {
  await using machine = await machineWithBoth();
  const stranger = `${machine.home}/distros/somebody`;
  await Deno.mkdir(stranger, { recursive: true });
  machine.wsl.distros.set("Ubuntu", { state: "running", directory: "/u", archive: "", files: new Set() });
  await removeDistros(await machine.startProcess());
  assert.ok((await Deno.stat(stranger)).isDirectory);
  assert.deepEqual([...machine.wsl.distros.keys()], ["Ubuntu"]);
});

Deno.test("removeDistros() does nothing the second time", async () => {
  await using machine = await machineWithBoth();
  await removeDistros(await machine.startProcess());
  await removeDistros(await machine.startProcess());
  assert.deepEqual([...Deno.readDirSync(machine.home)], []);
});
