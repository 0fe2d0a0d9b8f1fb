import assert from "node:assert/strict";
import {
  createFakeMachine,
  dataImage,
  engineImage,
  type FakeMachine,
} from "../../tests/fakes/fake_distro_machine.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { ensureDataDistro } from "./data_distro.ts";
import { ensureEngineDistro } from "./engine_distro.ts";
import { prepareEngineDistro } from "./prepare_engine.ts";
import type { RootfsImage } from "./distro_context.ts";

async function machineWithEngine(): Promise<FakeMachine> {
  const machine = await createFakeMachine();
  const context = await machine.startProcess();
  await ensureDataDistro(context, dataImage());
  await ensureEngineDistro(context, "windlass", engineImage("A"));
  machine.wsl.calls.length = 0;
  machine.events.length = 0;
  return machine;
}

const prepare = async (machine: FakeMachine, image: RootfsImage, rehearse = () => Promise.resolve()) =>
  await prepareEngineDistro(await machine.startProcess(), "windlass-b", image, rehearse);

Deno.test("prepareEngineDistro() imports next to the existing engine, tries it out and ends it", async () => {
  await using machine = await machineWithEngine();
  await prepare(machine, engineImage("B"), () => Promise.resolve(void machine.wsl.calls.push("rehearse")));
  assert.ok(machine.wsl.distros.get("windlass")?.files.has("/content/A"));
  assert.ok(machine.wsl.distros.get("windlass-b")?.files.has("/content/B"));
  const { engines } = (await machine.startProcess()).record;
  assert.deepEqual([engines["windlass"]?.rootfsId, engines["windlass-b"]?.rootfsId], ["A", "B"]);
  assert.deepEqual(machine.wsl.calls.slice(-3), ["run windlass-b", "rehearse", "terminate windlass-b"]);
  assert.ok(machine.wsl.calls.every((call) => call === "list" || !call.endsWith(" windlass")));
  assert.deepEqual(machine.events.at(-1), {
    distro: "windlass-b",
    stage: "rehearse",
    title: "Checking the engine in the distro",
  });
});

Deno.test("prepareEngineDistro() only tries out an engine that already exists", async () => {
  await using machine = await machineWithEngine();
  await prepare(machine, engineImage("B"));
  machine.wsl.calls.length = 0;
  await prepare(machine, engineImage("B"), () => Promise.resolve(void machine.wsl.calls.push("rehearse")));
  assert.deepEqual(machine.wsl.calls, ["list", "rehearse", "terminate windlass-b"]);
});

Deno.test("prepareEngineDistro() removes an engine that is unfit", async () => {
  await using machine = await machineWithEngine();
  const unfit = new WindlassError("WL_ENGINE_UNFIT", "Cannot use the engine: runc does not run");
  await assert.rejects(prepare(machine, engineImage("B"), () => Promise.reject(unfit)), unfit);
  assert.deepEqual([...machine.wsl.distros.keys()], ["windlass-data", "windlass"]);
  assert.deepEqual(Object.keys((await machine.startProcess()).record.engines), ["windlass"]);
});

Deno.test("prepareEngineDistro() keeps an engine that could not be tried out", async () => {
  await using machine = await machineWithEngine();
  const failure = new WindlassError("WL_WSL_TIMEOUT", "Cannot run a program: wsl says nothing");
  await assert.rejects(prepare(machine, engineImage("B"), () => Promise.reject(failure)), failure);
  assert.equal((await machine.startProcess()).record.engines["windlass-b"]?.rootfsId, "B");
  assert.equal(machine.wsl.calls.at(-1), "terminate windlass-b");
});

Deno.test("prepareEngineDistro() begins nothing that the disk has no room for, and makes room first", async () => {
  await using machine = await machineWithEngine();
  await prepare(machine, engineImage("B"));
  const { directory } = await machine.startProcess();
  const huge = { ...engineImage("C"), unpackedBytes: 2 ** 60 };
  const error = await prepare(machine, huge).catch((failure: unknown) => failure);
  assert.ok(error instanceof WindlassError);
  assert.equal(error.code, "WL_NO_SPACE");
  const left =
    /^Cannot import the distro 'windlass-b': it needs 1152921504875 MB, and '(.*)' has \d+ MB left$/;
  assert.equal(left.exec(error.message)?.[1], directory);
  assert.deepEqual([...machine.wsl.distros.keys()], ["windlass-data", "windlass"]);
});

Deno.test("prepareEngineDistro() leaves a distro of that name alone that is not ours", async () => {
  await using machine = await machineWithEngine();
  const foreign = {
    state: "registered",
    directory: "D:\\mine",
    archive: "",
    files: new Set<string>(),
  } as const;
  machine.wsl.distros.set("windlass-b", { ...foreign });
  await assert.rejects(prepare(machine, engineImage("B")), {
    code: "WL_DISTRO_FOREIGN",
    message:
      "Cannot use the distro 'windlass-b': the distro of that name in 'D:\\mine' does not belong to Windlass",
  });
  assert.equal(machine.wsl.distros.get("windlass-b")?.directory, "D:\\mine");
});
