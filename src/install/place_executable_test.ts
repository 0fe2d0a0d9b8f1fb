import assert from "node:assert/strict";
import { join } from "node:path";
import { sampleExecutable } from "../../tests/fakes/sample_executable.ts";
import { openTemporaryFolder } from "../../tests/support/temporary_folder.ts";
import { displaceExecutable, placeExecutable, removeRemains } from "./place_executable.ts";

const OLD = sampleExecutable({ app: new TextEncoder().encode("old") }).bytes;
const NEW = sampleExecutable({ app: new TextEncoder().encode("new") }).bytes;
const { signal } = new AbortController();

/** What Windows reports when a running program is replaced. */
function inUse(): Error {
  return Object.assign(new Error("Access is denied. (os error 5)"), { code: "EPERM" });
}

async function openPlace() {
  const folder = await openTemporaryFolder("windlass-place");
  const from = join(folder.path, "download");
  const to = join(folder.path, "windlass");
  await Deno.writeFile(from, NEW);
  const names = async () => (await Array.fromAsync(Deno.readDir(folder.path), ({ name }) => name)).sort();
  return { folder: folder.path, from, to, names, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

/** Renames as Windows does while `running` runs: it may move, but nothing may take its place. */
function renameWhileRunning(running: string, failing: (from: string, to: string) => boolean = () => false) {
  return async (from: string, to: string) => {
    const taken = to === running && await Deno.stat(to).then(() => true, () => false);
    if (taken || failing(from, to)) throw inUse();
    await Deno.rename(from, to);
  };
}

Deno.test("placeExecutable() copies once, as a program, and leaves nothing beside it", async () => {
  await using place = await openPlace();
  assert.equal(await placeExecutable(place.from, place.to, { signal }), true);
  assert.equal(((await Deno.stat(place.to)).mode ?? 0) & 0o777, 0o755);
  assert.equal(await placeExecutable(place.from, place.to, { signal }), false);
  assert.equal(await placeExecutable(place.to, place.to, { signal }), false);
  assert.deepEqual(await place.names(), ["download", "windlass"]);
});

Deno.test("placeExecutable() refuses a damaged executable and keeps the installed one", async () => {
  await using place = await openPlace();
  await Deno.writeFile(place.to, OLD);
  const damaged = NEW.slice();
  damaged[70]! ^= 1;
  await Deno.writeFile(place.from, damaged);
  await assert.rejects(placeExecutable(place.from, place.to, { signal }), {
    code: "WL_EXECUTABLE_CORRUPT",
    message: `Cannot install '${place.from}': Cannot trust component 'app': its stored bytes are damaged`,
  });
  assert.deepEqual(await Deno.readFile(place.to), OLD);
  assert.deepEqual(await place.names(), ["download", "windlass"]);
});

Deno.test("placeExecutable() puts a program that runs aside, and back when the new one cannot take its name", async () => {
  await using place = await openPlace();
  await Deno.writeFile(place.to, OLD);
  const blocked = renameWhileRunning(place.to, (from, to) => from.endsWith(".partial") && to === place.to);
  await assert.rejects(placeExecutable(place.from, place.to, { signal, rename: blocked }), {
    code: "WL_INSTALL_FAILED",
    message: `Cannot write '${place.to}': Access is denied. (os error 5)`,
  });
  assert.deepEqual(await Deno.readFile(place.to), OLD);
  assert.deepEqual(await place.names(), ["download", "windlass"]);

  assert.equal(
    await placeExecutable(place.from, place.to, { signal, rename: renameWhileRunning(place.to) }),
    true,
  );
  assert.deepEqual(await Deno.readFile(place.to), NEW);
});

Deno.test("placeExecutable() ends with its signal and leaves no partial file", async () => {
  await using place = await openPlace();
  const ended = AbortSignal.abort(new Error("enough"));
  await assert.rejects(placeExecutable(place.from, place.to, { signal: ended }), { message: "enough" });
  assert.deepEqual(await place.names(), ["download"]);
});

Deno.test("removeRemains() removes what installations have left, and nothing of others", async () => {
  await using place = await openPlace();
  const id = crypto.randomUUID();
  const others = [
    "windlass.old",
    "windlass.exe",
    `windlass.${id}.txt`,
    `other.${id}.old`,
    "windlass.mine.old",
  ];
  for (const name of [...others, `windlass.${id}.old`, `windlass.${id}.partial`]) {
    await Deno.writeTextFile(join(place.folder, name), "");
  }
  await removeRemains(place.to, { partials: false });
  assert.deepEqual(await place.names(), ["download", ...others, `windlass.${id}.partial`].sort());
  await removeRemains(place.to, { partials: true });
  assert.deepEqual(await place.names(), ["download", ...others].sort());
  await removeRemains(join(place.folder, "no folder", "windlass"), { partials: true });
});

Deno.test("displaceExecutable() removes a program, and does nothing without one", async () => {
  await using place = await openPlace();
  assert.equal(await displaceExecutable(place.from, place.folder), undefined);
  assert.equal(await displaceExecutable(place.from, place.folder), undefined);
  assert.deepEqual(await place.names(), []);
});
