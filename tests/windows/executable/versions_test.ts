import assert from "node:assert/strict";
import { formatCurrent } from "../../../src/payload/current_file.ts";
import { openVersionStore } from "../../support/open_version_store.ts";
import type { VersionStore } from "../../../src/payload/version_store.ts";
import { flipByte } from "../../end_to_end/executable/small_executable.ts";
import { DAMAGED_REMEDY, INCOMPLETE_REMEDY } from "../../end_to_end/update/version_lab.ts";
import { installProgram } from "../../support/installed_versions.ts";
import { oncePerFile } from "../../support/once_per_file.ts";
import { openWine } from "../support/wine.ts";
import { componentFiles, makeVersionExecutable } from "./windows_executable.ts";

const STARTS_AT_ONCE = 4;
const KILLS = 8;

const windows = oncePerFile(openWine);
const executable = oncePerFile(() => makeVersionExecutable());

/** A home with two installed versions, "one" and "two". */
interface Lab {
  readonly home: string;
  readonly one: string;
  readonly two: string;
  readonly store: VersionStore;
  /** What a command says: `<id>|<trial>|<program>|<command>`, and what goes to stderr. */
  run(command: string): Promise<readonly [string, string]>;
  /** The same, for commands that must say nothing: `<trial>|<program>`. */
  runs(command: string): Promise<string>;
}

async function openLab(): Promise<Lab> {
  const [{ path, newHome, run }, wine] = await Promise.all([executable(), windows()]);
  const home = newHome();
  const one = await installProgram(path, home, "one");
  const two = await installProgram(path, home, "two");
  return {
    home,
    one,
    two,
    store: await openVersionStore({ home, executable: path }),
    run: async (command) => {
      const { code, stdout, stderr } = await run(wine, home, [command]);
      assert.equal(code, 0);
      return [stdout, stderr];
    },
    runs: async (command) => {
      const { code, stdout, stderr } = await run(wine, home, [command]);
      assert.deepEqual([code, stderr], [0, ""]);
      const [id, trial, program, given] = stdout.split("|");
      assert.deepEqual([id, given], [{ embedded: "embedded", one, two }[program!], command]);
      return `${trial}|${program}`;
    },
  };
}

Deno.test("windlass.exe runs the version that current.json names", async () => {
  const { store, one, two, runs } = await openLab();
  assert.equal(await runs("status"), "|embedded");
  await store.writeCurrent({ current: two, previous: one, trial: false, tries: 0 });
  assert.equal(await runs("status"), "|two");
  await store.writeCurrent({ current: "embedded", previous: two, trial: false, tries: 0 });
  assert.equal(await runs("host"), "|embedded");
});

Deno.test("windlass.exe runs a version on trial only for the host, counts it, and after two tries runs the previous one", async () => {
  const { store, one, two, runs } = await openLab();
  await store.writeCurrent({ current: two, previous: one, trial: true, tries: 0 });
  assert.equal(await runs("status"), "|one");
  assert.deepEqual((await store.readCurrent())?.tries, 0);
  assert.equal(await runs("host"), "1|two");
  assert.deepEqual((await store.readCurrent())?.tries, 1);
  assert.equal(await runs("host"), "1|two");
  assert.equal(await runs("host"), "|one");
  const current = await store.readCurrent();
  assert.deepEqual(current, {
    embedded: store.embeddedId,
    current: two,
    previous: one,
    trial: true,
    tries: 2,
  });
});

Deno.test("windlass.exe knows the host by its plain first argument, however it is quoted", async () => {
  const { home, store, one, two } = await openLab();
  const [{ start }, wine] = await Promise.all([executable(), windows()]);
  const trials: Record<string, string> = {
    " host": "1|two|host",
    '   "host"  --background': "1|two|host",
    "\thost\t--background": "1|two|host",
    " status host": "|one|status",
    ' "status" host': "|one|status",
  };
  for (const [rest, expected] of Object.entries(trials)) {
    await store.writeCurrent({ current: two, previous: one, trial: true, tries: 0 });
    const { stdout } = await start(wine, "plain", { home, rest });
    assert.equal(stdout.replace(/^[0-9a-z]*\|/, ""), expected, rest);
  }
});

Deno.test("windlass.exe started several times at once counts each of them", async () => {
  const { store, one, two, runs } = await openLab();
  await store.writeCurrent({ current: two, previous: one, trial: false, tries: 0 });
  assert.equal(await runs("status"), "|two"); // unpacks the runtime
  await store.writeCurrent({ current: two, previous: one, trial: true, tries: 0 });
  const ran = await Promise.all(Array.from({ length: STARTS_AT_ONCE }, () => runs("host")));
  assert.equal(ran.filter((what) => what === "1|two").length, 2);
  assert.equal(ran.filter((what) => what === "|one").length, STARTS_AT_ONCE - 2);
  assert.deepEqual((await store.readCurrent())?.tries, 2);
});

Deno.test("windlass.exe killed while it counts leaves a current.json that says before or after", async () => {
  const { home, store, one, two, runs } = await openLab();
  const [{ path }, wine] = await Promise.all([executable(), windows()]);
  await store.writeCurrent({ current: two, previous: one, trial: false, tries: 0 });
  assert.equal(await runs("status"), "|two"); // unpacks the runtime
  const started = performance.now();
  assert.equal(await runs("host"), "|two");
  const milliseconds = performance.now() - started;
  for (let kill = 0; kill < KILLS; kill++) {
    await store.writeCurrent({ current: two, previous: one, trial: true, tries: 0 });
    const environment = { WINDLASS_HOME: wine.toWindows(home) };
    const child = wine.spawn({ program: wine.toWindows(path), args: ["host"], environment }, {
      stdin: "null",
      stdout: "null",
      stderr: "null",
    });
    await new Promise((resolve) => setTimeout(resolve, milliseconds * (0.5 + kill / KILLS / 2)));
    try {
      child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it had already ended
    }
    await child.status;
    const current = await store.readCurrent();
    assert.ok(current !== undefined && current.tries <= 1);
    assert.equal(await runs("host"), "1|two");
  }
});

Deno.test("windlass.exe takes no current.json of another executable", async () => {
  const { home, store, two, runs } = await openLab();
  const wine = await windows();
  await store.writeCurrent({ current: two, previous: null, trial: false, tries: 0 });
  await using other = await makeVersionExecutable("another one");
  const { stdout, stderr } = await other.run(wine, home, ["host"]);
  assert.deepEqual([stdout, stderr], ["embedded||another one|host", ""]);
  assert.equal(await runs("host"), "|two");
});

Deno.test("windlass.exe with a current.json that is damaged, too long or no file runs the embedded version and says so", async () => {
  const { home, store, one, two, run, runs } = await openLab();
  const wine = await windows();
  const path = `${home}/current.json`;
  const next = { current: two, previous: one, trial: false, tries: 0 };
  const text = formatCurrent({ embedded: store.embeddedId, ...next });
  const odd: Record<string, () => Promise<void>> = {
    "empty": () => Deno.writeTextFile(path, ""),
    "cut short": () => Deno.writeTextFile(path, text.slice(0, 150)),
    "zeros after a power cut": () => Deno.writeFile(path, new Uint8Array(text.length)),
    "huge": () => Deno.writeTextFile(path, text + " ".repeat(10_000_000)),
    "a folder": () => Deno.mkdir(path),
  };
  for (const [what, make] of Object.entries(odd)) {
    await make();
    const sentence = `windlass: Cannot read '${wine.toWindows(path)}': it is damaged\n${DAMAGED_REMEDY}`;
    assert.deepEqual(await run("host"), ["embedded||embedded|host", sentence], what);
    await Deno.remove(path);
  }
  await Deno.writeTextFile(path, text);
  assert.equal(await runs("host"), "|two");
});

Deno.test("windlass.exe runs the previous version where the current one is not complete, and the embedded one where neither is", async () => {
  const { home, store, one, two, run, runs } = await openLab();
  const wine = await windows();
  await store.writeCurrent({ current: two, previous: one, trial: false, tries: 0 });
  assert.equal(await runs("status"), "|two");
  const incomplete = (id: string, state: string) =>
    `windlass: Cannot run version '${id}': ${state}\n${INCOMPLETE_REMEDY}`;
  const says = [`${one}||one|status`, incomplete(two, "its index is damaged")];
  const index = `${home}/versions/${two}.index`;
  const right = await Deno.readFile(index);
  await flipByte(index, 100);
  assert.deepEqual(await run("status"), says);
  for (const wrong of [right.subarray(0, -1), new Uint8Array(0), new Uint8Array(5_000_000)]) {
    await Deno.writeFile(index, wrong);
    assert.deepEqual(await run("status"), says);
  }
  await Deno.writeFile(index, right);
  const texts = (await componentFiles(home)).filter((name) => name.endsWith("-app"));
  const app = `${home}/components/${texts.find((name) => textOf(home, name) === "two")}`;
  await Deno.writeTextFile(app, "TWO");
  const windowsPath = wine.toWindows(app);
  const wrong = `the content of '${windowsPath}' is not the one that was installed`;
  assert.deepEqual(await run("status"), [says[0]!, incomplete(two, wrong)]);
  await Deno.remove(app);
  const missing = incomplete(two, "component 'app' is missing");
  assert.deepEqual(await run("status"), [says[0]!, missing]);
  await Deno.remove(`${home}/versions/${one}.index`);
  const neither = missing + incomplete(one, "its index is missing");
  assert.deepEqual(await run("status"), ["embedded||embedded|status", neither]);
});

function textOf(home: string, name: string): string {
  return Deno.readTextFileSync(`${home}/components/${name}`);
}

Deno.test("windlass.exe that unpacks something keeps what any version names, and all of it while an index is damaged", async () => {
  const { home, store, one, two, runs } = await openLab();
  await store.writeCurrent({ current: two, previous: null, trial: false, tries: 0 });
  const unused = `${"a".repeat(64)}-app`;
  const unpackAgain = async () => {
    const runtime = (await componentFiles(home)).find((name) => name.endsWith("-deno.exe"));
    if (runtime !== undefined) await Deno.remove(`${home}/components/${runtime}`);
    assert.equal(await runs("status"), "|two");
    const texts = (await componentFiles(home)).filter((name) => name.endsWith("-app"));
    return texts.map((name) => textOf(home, name)).sort();
  };
  await Deno.writeTextFile(`${home}/components/${unused}`, "unused");
  assert.deepEqual(await unpackAgain(), ["one", "two"]);
  const index = `${home}/versions/${one}.index`;
  const right = await Deno.readFile(index);
  await Deno.writeFile(index, right.subarray(1));
  await Deno.writeTextFile(`${home}/components/${unused}`, "unused");
  assert.deepEqual(await unpackAgain(), ["one", "two", "unused"]);
  await store.remove(one);
  assert.deepEqual(await unpackAgain(), ["two"]);
});
