import assert from "node:assert/strict";
import { TAR_BLOCK_BYTES, TAR_ENTRY_TIME } from "./tar_header.ts";
import { buildTar, file, folder, symlink } from "./tar_memory.ts";
import { readTarEntries, type ReadTarEntry } from "./tar_reader.ts";

const LONG_NAME = "long-".repeat(30);
const ENTRIES = [
  symlink("bin/sh", "busybox"),
  folder("bin"),
  file("bin/busybox", "program", 0o755),
  file(LONG_NAME, ""),
  symlink("link", LONG_NAME),
];

async function readBack(archive: Uint8Array): Promise<ReadTarEntry[]> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, archive);
    return await Array.fromAsync(readTarEntries(path));
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readTarEntries() reads back what buildTar() wrote, sorted by path", async () => {
  const entries = await readBack(buildTar(ENTRIES));
  assert.deepEqual(entries.map(({ path, type, mode, size }) => [path, type, mode, size]), [
    ["bin/", "directory", 0o755, 0],
    ["bin/busybox", "file", 0o755, 7],
    ["bin/sh", "symlink", 0o777, 0],
    ["link", "symlink", 0o777, 0],
    [LONG_NAME, "file", 0o644, 0],
  ]);
  assert.deepEqual(entries.map((entry) => entry.linkTarget), ["", "", "busybox", LONG_NAME, ""]);
  assert.ok(entries.every((entry) => entry.time === TAR_ENTRY_TIME && entry.uid === 0 && entry.gid === 0));
});

Deno.test("readTarEntries() needs no end blocks", async () => {
  const archive = buildTar(ENTRIES);
  const entries = await readBack(archive.subarray(0, archive.length - 2 * TAR_BLOCK_BYTES));
  assert.equal(entries.length, ENTRIES.length);
});

Deno.test("buildTar() gives the same bytes in whatever order the entries come", () => {
  assert.deepEqual(buildTar(ENTRIES), buildTar(ENTRIES.toReversed()));
});
