import assert from "node:assert/strict";
import { openTemporaryFolder } from "../../tests/support/temporary_folder.ts";
import { SpaceReserve } from "./space_reserve.ts";

const KIB = 1024;
/** More than any disk has left. */
const NEVER_FREE = 2 ** 60;

Deno.test("SpaceReserve.restore() takes the room once, and again after it was cut off", async () => {
  await using folder = await openTemporaryFolder("windlass-reserve");
  const path = `${folder.path}/reserve`;
  const reserve = new SpaceReserve(path, 100 * KIB);
  await reserve.restore();
  const first = await Deno.stat(path);
  assert.equal(first.size, 100 * KIB);
  await reserve.restore();
  assert.equal((await Deno.stat(path)).ino, first.ino);
  await Deno.truncate(path, 10);
  await reserve.restore();
  assert.equal((await Deno.stat(path)).size, 100 * KIB);
});

Deno.test("SpaceReserve.restore() takes nothing where there is not plenty", async () => {
  await using folder = await openTemporaryFolder("windlass-reserve");
  await new SpaceReserve(`${folder.path}/reserve`, NEVER_FREE).restore();
  assert.deepEqual([...Deno.readDirSync(folder.path)], []);
});

Deno.test("SpaceReserve.releaseIfFull() releases the room on a full disk only", async () => {
  await using folder = await openTemporaryFolder("windlass-reserve");
  const path = `${folder.path}/reserve`;
  await Deno.writeTextFile(path, "room");
  assert.equal(await new SpaceReserve(path, 4).releaseIfFull(), false);
  assert.equal(await new SpaceReserve(path, NEVER_FREE).releaseIfFull(), true);
  assert.equal(await new SpaceReserve(path, NEVER_FREE).releaseIfFull(), false);
});

Deno.test("SpaceReserve does nothing in a folder that is missing", async () => {
  await using folder = await openTemporaryFolder("windlass-reserve");
  const reserve = new SpaceReserve(`${folder.path}/missing/reserve`, KIB);
  await reserve.restore();
  assert.equal(await reserve.releaseIfFull(), false);
});
