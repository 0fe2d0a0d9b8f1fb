import assert from "node:assert/strict";
import { openExecutable } from "../../../src/payload/executable.ts";
import { verifyExecutable } from "../../../src/payload/verify_executable.ts";
import { componentFiles, flipByte, makeShellExecutable } from "./small_executable.ts";

const REMEDY = "  WL_EXECUTABLE_CORRUPT: Download or build Windlass again and replace the executable.\n";
const TRUE_EXECUTABLE = new URL("../../../dist/windlass", import.meta.url).pathname;

Deno.test("windlass that is cut short or damaged at its end says so and leaves nothing", async () => {
  await using executable = await makeShellExecutable();
  const { size } = await Deno.stat(executable.path);
  const damages: Record<string, (path: string) => Promise<void>> = {
    "its footer is missing": (path) => Deno.truncate(path, size - 1),
    "its footer is damaged": (path) => flipByte(path, size - 50),
    "its index is damaged": (path) => flipByte(path, size - 96 - 10),
  };
  for (const [state, damage] of Object.entries(damages)) {
    const path = `${executable.folder}/damaged`;
    const home = executable.newHome();
    await Deno.copyFile(executable.path, path);
    await damage(path);
    const { code, stdout, stderr } = await executable.run(home, [], { path });
    assert.deepEqual([code, stdout, stderr], [
      3,
      "",
      `windlass: Cannot start '${path}': ${state}\n${REMEDY}`,
    ]);
    await assert.rejects(Deno.stat(home), Deno.errors.NotFound);
  }
});

Deno.test("windlass with a damaged component names it and leaves nothing", async () => {
  await using executable = await makeShellExecutable();
  using opened = await openExecutable(executable.path);
  const { offset, storedLength } = opened.component("deno");
  const home = executable.newHome();
  await flipByte(executable.path, offset + (storedLength >> 1));
  const { code, stderr } = await executable.run(home);
  assert.deepEqual([code, stderr], [
    3,
    `windlass: Cannot unpack component 'deno' of '${executable.path}': its bytes do not decompress\n${REMEDY}`,
  ]);
  await assert.rejects(Deno.stat(home), Deno.errors.NotFound);
});

Deno.test("windlass does not start a changed component that it cannot repair", async () => {
  await using executable = await makeShellExecutable();
  using opened = await openExecutable(executable.path);
  const { id, offset } = opened.component("app");
  const home = executable.newHome();
  await executable.run(home);
  const path = `${home}/components/${id}-app`;
  await Deno.writeTextFile(path, "something else");
  await flipByte(executable.path, offset + 30);
  const { code, stdout, stderr } = await executable.run(home);
  assert.deepEqual([code, stdout], [3, ""]);
  assert.match(
    stderr,
    /^windlass: Cannot trust '.*-app': its content is not the one that the executable carries\n/,
  );
  assert.match(stderr, /\nwindlass: Cannot unpack component 'app' of '.*': its bytes do not decompress\n/);
  assert.equal((await componentFiles(home)).some((name) => name.endsWith(".partial")), false);
});

Deno.test({
  name: "verifyExecutable() finds a flipped byte in every part of dist/windlass",
  ignore: !await Deno.stat(TRUE_EXECUTABLE).then(() => true, () => false),
  fn: async () => {
    const path = await Deno.makeTempFile({ prefix: "windlass-damaged-" });
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => Deno.remove(path));
    await Deno.copyFile(TRUE_EXECUTABLE, path);
    assert.deepEqual(await verifyExecutable(path), []);

    const { size } = await Deno.stat(path);
    const flip = (place: number) => flipByte(path, place);
    for (const [place, part] of [[size - 1, "footer"], [size - 96 - 1, "index"]] as const) {
      await flip(place);
      assert.deepEqual((await verifyExecutable(path)).map((problem) => problem.part), [part]);
      await flip(place);
    }
    using opened = await openExecutable(path);
    for (const { offset, storedLength } of opened.components) {
      await flip(offset + Math.floor(Math.random() * storedLength));
    }
    const damaged = (await verifyExecutable(path)).map((problem) => problem.part);
    assert.deepEqual(damaged, opened.components.map(({ name }) => name));
  },
});
