import assert from "node:assert/strict";
import { formatCurrent } from "../../../src/payload/current_file.ts";
import { oncePerFile } from "../../support/once_per_file.ts";
import { componentFiles, flipByte, makeVersionExecutable } from "./small_executable.ts";
import { DAMAGED_REMEDY, INCOMPLETE_REMEDY, openVersionLab } from "../update/version_lab.ts";

const executable = oncePerFile(() => makeVersionExecutable());
const openLab = async () => openVersionLab(await executable());

Deno.test("windlass with a current.json that is damaged, too long or no file runs the embedded version and says so", async () => {
  const { home, store, one, two, run, runs } = await openLab();
  const path = `${home}/current.json`;
  const text = formatCurrent({
    embedded: store.embeddedId,
    current: two,
    previous: one,
    trial: false,
    tries: 0,
  });
  await Deno.writeTextFile(`${home}/right.json`, text);
  const odd: Record<string, () => Promise<void>> = {
    "empty": () => Deno.writeTextFile(path, ""),
    "cut short": () => Deno.writeTextFile(path, text.slice(0, 150)),
    "binary": () => Deno.writeFile(path, crypto.getRandomValues(new Uint8Array(300))),
    "zeros after a power cut": () => Deno.writeFile(path, new Uint8Array(text.length)),
    "huge": () => Deno.writeTextFile(path, text + " ".repeat(10_000_000)),
    "a link to a right one": () => Deno.symlink("right.json", path),
    "a link to nothing": () => Deno.symlink("nothing", path),
    "a folder": () => Deno.mkdir(path),
    "a pipe": async () => assert.ok((await new Deno.Command("mkfifo", { args: [path] }).output()).success),
  };
  for (const [what, make] of Object.entries(odd)) {
    await make();
    const { code, stdout, stderr } = await run("host");
    assert.deepEqual([code, stdout], [0, "embedded|unset|embedded|host"], what);
    assert.equal(stderr, `windlass: Cannot read '${path}': it is damaged\n${DAMAGED_REMEDY}`, what);
    await Deno.remove(path);
  }
  await Deno.writeTextFile(path, text);
  assert.equal(await runs("host"), "unset|two");
});

Deno.test("windlass runs the previous version where the current one is not complete, and the embedded one where neither is", async () => {
  const { home, store, one, two, run, runs, indexOf } = await openLab();
  await store.writeCurrent({ current: two, previous: one, trial: false, tries: 0 });
  assert.equal(await runs("status"), "unset|two");
  const incomplete = (id: string, state: string) =>
    `windlass: Cannot run version '${id}': ${state}\n${INCOMPLETE_REMEDY}`;
  const right = await Deno.readFile(indexOf(two));
  const damages: Record<string, () => Promise<void>> = {
    "its index is missing": () => Deno.remove(indexOf(two)),
    "its index is damaged": () => flipByte(indexOf(two), 100),
  };
  for (const [state, damage] of Object.entries(damages)) {
    await damage();
    const { code, stdout, stderr } = await run("status");
    assert.deepEqual([code, stdout, stderr], [0, `${one}|unset|one|status`, incomplete(two, state)]);
    await Deno.writeFile(indexOf(two), right);
  }
  for (
    const wrong of [
      right.subarray(0, -1),
      right.subarray(0, 96),
      new Uint8Array(0),
      new Uint8Array(5_000_000),
    ]
  ) {
    await Deno.writeFile(indexOf(two), wrong);
    const { stdout, stderr } = await run("status");
    assert.deepEqual([stdout, stderr], [`${one}|unset|one|status`, incomplete(two, "its index is damaged")]);
  }
  await Deno.remove(indexOf(two));
  await Deno.symlink(indexOf(one), indexOf(two));
  const linked = await run("status");
  assert.deepEqual([linked.stdout, linked.stderr], [
    `${one}|unset|one|status`,
    incomplete(two, "its index cannot be read"),
  ]);
  await Deno.remove(indexOf(one));
  await Deno.remove(`${home}/versions`, { recursive: true });
  const neither = await run("status");
  const missing = "its index is missing";
  assert.deepEqual(
    [neither.stdout, neither.stderr],
    ["embedded|unset|embedded|status", incomplete(two, missing) + incomplete(one, missing)],
  );
});

Deno.test("windlass never runs a component of a version that is missing or has other bytes", async () => {
  const { home, store, one, two, run, runs } = await openLab();
  await store.writeCurrent({ current: two, previous: one, trial: false, tries: 0 });
  assert.equal(await runs(), "unset|two");
  const app = (await componentFiles(home)).find((name) => name.endsWith("-app") && isText(home, name, "two"));
  const path = `${home}/components/${app}`;
  const wrong: Record<string, () => Promise<void>> = {
    "same length": () => Deno.writeTextFile(path, "TWO"),
    "longer": () => Deno.writeTextFile(path, "two two"),
    "a link": () => Deno.remove(path).then(() => Deno.symlink("/etc/hostname", path)),
    "a folder": () => Deno.remove(path).then(() => Deno.mkdir(path)),
  };
  for (const [what, make] of Object.entries(wrong)) {
    await make();
    const { stdout, stderr } = await run();
    assert.equal(stdout, `${one}|unset|one|`, what);
    assert.equal(
      stderr,
      `windlass: Cannot run version '${two}': the content of '${path}' is not the one that was installed\n${INCOMPLETE_REMEDY}`,
    );
  }
  await Deno.remove(path);
  const { stdout, stderr } = await run();
  const sentence = `windlass: Cannot run version '${two}': component 'app' is missing\n${INCOMPLETE_REMEDY}`;
  assert.deepEqual([stdout, stderr], [`${one}|unset|one|`, sentence]);
});

function isText(home: string, name: string, text: string): boolean {
  return Deno.readTextFileSync(`${home}/components/${name}`) === text;
}

Deno.test("windlass takes what a version shares with the executable from there, even when it was damaged", async () => {
  const { home, store, two, run, runs } = await openLab();
  await store.writeCurrent({ current: two, previous: null, trial: false, tries: 0 });
  const runtime = async () => (await componentFiles(home)).find((name) => name.endsWith("-deno"));
  assert.equal(await runtime(), undefined);
  assert.equal(await runs(), "unset|two");
  const path = `${home}/components/${await runtime()}`;
  await Deno.writeTextFile(path, "#!/bin/false");
  const { stdout, stderr } = await run();
  assert.equal(stdout, `${two}|unset|two|`);
  assert.match(
    stderr,
    /^windlass: Cannot trust '.*-deno': its content is not the one that the executable carries\n/,
  );
  assert.equal(await runs(), "unset|two");
});

Deno.test("windlass that unpacks something keeps what any version names, and all of it while an index is damaged", async () => {
  const { home, store, one, two, runs, indexOf } = await openLab();
  await store.writeCurrent({ current: two, previous: null, trial: false, tries: 0 });
  const unused = `${"a".repeat(64)}-app`;
  const unpackAgain = async () => {
    const runtime = (await componentFiles(home)).find((name) => name.endsWith("-deno"));
    if (runtime !== undefined) await Deno.remove(`${home}/components/${runtime}`);
    assert.equal(await runs(), "unset|two");
    const texts = (await componentFiles(home)).filter((name) => name.endsWith("-app"));
    return texts.map((name) => Deno.readTextFileSync(`${home}/components/${name}`)).sort();
  };
  await Deno.writeTextFile(`${home}/components/${unused}`, "unused");
  await Deno.writeTextFile(`${home}/components/${"a".repeat(64)}-rootfs.zst`, "unused");
  assert.deepEqual(await unpackAgain(), ["one", "two"]);
  assert.deepEqual((await componentFiles(home)).filter((name) => name.endsWith(".zst")), []);

  const right = await Deno.readFile(indexOf(one));
  await Deno.writeFile(indexOf(one), right.subarray(1));
  await Deno.writeTextFile(`${home}/components/${unused}`, "unused");
  assert.deepEqual(await unpackAgain(), ["one", "two", "unused"]);
  await store.remove(one);
  assert.deepEqual(await unpackAgain(), ["two"]);
});
