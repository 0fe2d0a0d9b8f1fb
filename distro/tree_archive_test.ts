import assert from "node:assert/strict";
import { readTarEntries } from "./tar_reader.ts";
import { writeTreeArchive } from "./tree_archive.ts";

/** A folder with two trees of the same content, made in different orders and at different times. */
async function makeTrees() {
  const folder = await Deno.makeTempDir();
  for (const [tree, names] of [["one", ["b", "a", "go"]], ["two", ["go", "a", "b"]]] as const) {
    await Deno.mkdir(`${folder}/${tree}/sub`, { recursive: true });
    for (const name of names) {
      await Deno.writeTextFile(`${folder}/${tree}/sub/${name}`, name);
      await Deno.utime(`${folder}/${tree}/sub/${name}`, 1000 * names.indexOf(name), 5);
    }
    await Deno.link(`${folder}/${tree}/sub/a`, `${folder}/${tree}/z-hard`);
    await Deno.symlink("sub/b", `${folder}/${tree}/z-soft`);
    await Deno.chmod(`${folder}/${tree}/sub/b`, 0o4755);
  }
  return { folder, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

Deno.test("writeTreeArchive() gives the same bytes for the same content", async () => {
  await using trees = await makeTrees();
  const { folder } = trees;
  const one = await writeTreeArchive(`${folder}/one`, `${folder}/one.tar`, { last: ["sub/go"] });
  const two = await writeTreeArchive(`${folder}/two`, `${folder}/two.tar`, { last: ["sub/go"] });
  assert.deepEqual(one, two);
  assert.equal(one.bytes, (await Deno.stat(`${folder}/one.tar`)).size);
});

Deno.test("writeTreeArchive() sorts, puts the named files last and takes away set-id bits", async () => {
  await using trees = await makeTrees();
  const { folder } = trees;
  await writeTreeArchive(`${folder}/one`, `${folder}/one.tar`, { last: ["sub/go", "sub/absent"] });
  const entries = await Array.fromAsync(readTarEntries(`${folder}/one.tar`));
  assert.deepEqual(entries.map(({ path, type, linkTarget }) => `${path} ${type} ${linkTarget}`.trim()), [
    "sub/ directory",
    "sub/a file",
    "sub/b file",
    "z-hard hardlink sub/a",
    "z-soft symlink sub/b",
    "sub/go file",
  ]);
  assert.equal(entries.find((entry) => entry.path === "sub/b")?.mode, 0o755);
});
