import assert from "node:assert/strict";
import { join } from "node:path";
import { openExecutable } from "../../../src/payload/executable.ts";
import { flipByte } from "../../end_to_end/executable/small_executable.ts";
import { oncePerFile } from "../../support/once_per_file.ts";
import { eventually } from "../../support/eventually.ts";
import { openWine } from "../support/wine.ts";
import { runtimesOf } from "../support/wine_prefix.ts";
import { componentFiles, componentPath, expectedFiles, makeStandInExecutable } from "./windows_executable.ts";

const KILLS = 5;
const STARTS_AT_ONCE = 4;
const REMEDY = "  WL_EXECUTABLE_CORRUPT: Download or build Windlass again and replace the executable.\n";

const windows = oncePerFile(openWine);
const standIn = oncePerFile(makeStandInExecutable);

function tamperedMessage(path: string): string {
  return `windlass: Cannot trust '${path}': its content is not the one that the executable carries\n` +
    "  WL_COMPONENT_TAMPERED: Find out what changed the file; Windlass replaces it from the executable.\n";
}

Deno.test("windlass.exe started several times at once unpacks once and for all", async () => {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  const home = executable.newHome();
  const runs = Array.from({ length: STARTS_AT_ONCE }, () => executable.run(wine, home, ["exit", "5"]));
  for (const { code, stderr } of await Promise.all(runs)) assert.deepEqual([code, stderr], [5, ""]);
  assert.deepEqual(await componentFiles(home), await expectedFiles(executable));
});

Deno.test("windlass.exe killed at any moment of unpacking leaves nothing that the next start does not clear away", async () => {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  const started = performance.now();
  assert.equal((await executable.run(wine, executable.newHome())).code, 0);
  const milliseconds = performance.now() - started;
  for (let kill = 0; kill < KILLS; kill++) {
    const home = executable.newHome();
    const environment = { WINDLASS_HOME: wine.toWindows(home) };
    const child = wine.spawn({ program: wine.toWindows(executable.path), environment }, {
      stdin: "null",
      stdout: "null",
      stderr: "null",
    });
    await new Promise((resolve) => setTimeout(resolve, milliseconds * (kill + 1) / (KILLS + 1)));
    try {
      child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it had already ended
    }
    await child.status;
    const { code, stderr } = await executable.run(wine, home, ["exit", "5"]);
    assert.deepEqual([code, stderr], [5, ""]);
    assert.deepEqual(await componentFiles(home), await expectedFiles(executable));
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("windlass.exe names a component that was changed, and repairs it", async () => {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  const home = executable.newHome();
  await executable.run(wine, home);
  const path = await componentPath(executable, home, "app");
  const original = await Deno.readTextFile(path);
  const changes: Record<string, () => Promise<void>> = {
    "same length": () => Deno.writeTextFile(path, original.replace("the", "teh")),
    "shorter": () => Deno.truncate(path, 10),
  };
  for (const [what, change] of Object.entries(changes)) {
    await change();
    const { code, stderr } = await executable.run(wine, home, ["exit", "5"]);
    assert.deepEqual([code, stderr], [5, tamperedMessage(wine.toWindows(path))], what);
    assert.equal(await Deno.readTextFile(path), original);
    assert.equal((await executable.run(wine, home)).stderr, "");
  }
});

Deno.test("windlass.exe does not mind components that were copied, or lost stamps", async () => {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  const home = executable.newHome();
  await executable.run(wine, home);
  const path = await componentPath(executable, home, "deno");
  const stamp = `${path.replace(/\.exe$/, "")}.stamp`;
  const changes = [
    () => Deno.utime(path, 0, 0),
    () => Deno.copyFile(path, `${path}.copy`).then(() => Deno.rename(`${path}.copy`, path)),
    () => Deno.remove(stamp),
    () => Deno.writeTextFile(stamp, "nonsense"),
    () => Deno.remove(path),
  ];
  for (const change of changes) {
    await change();
    const { code, stderr } = await executable.run(wine, home, ["exit", "5"]);
    assert.deepEqual([code, stderr], [5, ""]);
    assert.deepEqual(await componentFiles(home), await expectedFiles(executable));
  }
});

Deno.test("windlass.exe that cannot write into its home says so", async () => {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  const home = executable.newHome();
  await Deno.mkdir(home);
  await Deno.mkdir(join(home, "components"));
  const path = await componentPath(executable, home, "deno");
  await Deno.mkdir(path); // as root every folder can be written to, so that something is in the way instead
  const { code, stderr } = await executable.run(wine, home);
  const sentence = `windlass: Cannot unpack component 'deno' into '${wine.toWindows(home)}\\components': ` +
    "Access denied (error 5)\n" +
    "  WL_COMPONENT_UNWRITABLE: Check the folder's permissions and disk, then start Windlass again.\n";
  assert.deepEqual([code, stderr], [5, tamperedMessage(wine.toWindows(path)) + sentence]);
});

Deno.test("windlass.exe keeps what a running version uses and clears away what none does, and nothing else", async () => {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  await using other = await makeStandInExecutable(); // with other random bytes, so another version
  const home = executable.newHome();
  const old = "a".repeat(64);
  const kept = ["notes.txt", `${old}-deno copy`, `${old.slice(1)}-deno`];
  const leftOver = [`${old}-app`, `${old}-app.stamp`];
  const expected = [...await expectedFiles(executable), ...kept].sort();
  {
    const environment = { WINDLASS_HOME: wine.toWindows(home) };
    await using running = wine.start({ program: wine.toWindows(other.path), args: ["wait"], environment });
    await running.waitFor(/ready/);
    for (const name of [...leftOver, ...kept]) await Deno.writeTextFile(`${home}/components/${name}`, "");
    await executable.run(wine, home);
    const all = new Set([...expected, ...leftOver, ...await expectedFiles(other)]);
    assert.deepEqual(await componentFiles(home), [...all].sort());
  }
  // The runtime ends a moment after the launcher that was killed.
  await eventually(async () => assert.deepEqual(await runtimesOf(wine), []));
  await Deno.remove(await componentPath(executable, home, "deno"));
  await executable.run(wine, home);
  assert.deepEqual(await componentFiles(home), expected);
});

Deno.test("windlass.exe clears the runtime away after an uninstall, and the home if nothing else is in it", async () => {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  for (const other of [false, true]) {
    const home = executable.newHome();
    await executable.run(wine, home);
    await Deno.mkdir(`${home}/deno/deep`, { recursive: true });
    await Deno.writeTextFile(`${home}/deno/deep/cache`, "");
    await Deno.writeTextFile(`${home}/components/uninstalled`, "");
    if (other) await Deno.writeTextFile(`${home}/notes.txt`, "");
    assert.equal((await executable.run(wine, home, ["exit", "5"])).code, 5);
    const left = other ? await Array.fromAsync(Deno.readDir(home), ({ name }) => name) : [];
    assert.deepEqual(left, other ? ["notes.txt"] : []);
    assert.equal(await Deno.stat(home).then(() => true, () => false), other);
  }
});

Deno.test("windlass.exe that is cut short or damaged at its end says so and leaves nothing", async () => {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  const { size } = await Deno.stat(executable.path);
  const damages: Record<string, (path: string) => Promise<void>> = {
    "its footer is missing": (path) => Deno.truncate(path, size - 1),
    "its footer is damaged": (path) => flipByte(path, size - 50),
    "its index is damaged": (path) => flipByte(path, size - 96 - 10),
  };
  for (const [state, damage] of Object.entries(damages)) {
    const path = `${executable.folder}/damaged.exe`;
    const home = executable.newHome();
    await Deno.copyFile(executable.path, path);
    await damage(path);
    const { code, stdout, stderr } = await executable.run(wine, home, [], path);
    const sentence = `windlass: Cannot start '${wine.toWindows(path)}': ${state}\n${REMEDY}`;
    assert.deepEqual([code, stdout, stderr], [3, "", sentence]);
    await assert.rejects(Deno.stat(home), Deno.errors.NotFound);
  }
});

Deno.test("windlass.exe with a damaged component names it and leaves nothing", async () => {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  const path = `${executable.folder}/damaged component.exe`;
  const home = executable.newHome();
  using opened = await openExecutable(executable.path);
  const { offset, storedLength } = opened.component("deno");
  await Deno.copyFile(executable.path, path);
  await flipByte(path, offset + (storedLength >> 1));
  const { code, stderr } = await executable.run(wine, home, [], path);
  assert.deepEqual([code, stderr], [
    3,
    `windlass: Cannot unpack component 'deno' of '${
      wine.toWindows(path)
    }': its bytes do not decompress\n${REMEDY}`,
  ]);
  await assert.rejects(Deno.stat(home), Deno.errors.NotFound);
});
