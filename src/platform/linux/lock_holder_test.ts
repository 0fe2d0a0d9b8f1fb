import assert from "node:assert/strict";
import { join } from "node:path";
import { holdersOf, openLockHolderOnLinux } from "./lock_holder.ts";

const LOCKS = [
  "1: FLOCK  ADVISORY  WRITE 22688 fe:00:9977859 0 EOF",
  "2: POSIX  ADVISORY  READ 29843 fe:00:10004641 128 128",
  "2: -> FLOCK  ADVISORY  WRITE 31 fe:00:77 0 EOF",
  "3: FLOCK  ADVISORY  WRITE 0 fe:00:77 0 EOF",
  "4: FLOCK  ADVISORY  WRITE 42 00:1f:77 0 EOF",
].join("\n");

Deno.test("holdersOf() finds who locks a whole file, by its inode", () => {
  assert.deepEqual(holdersOf(LOCKS, "9977859"), [22688]);
  assert.deepEqual(holdersOf(LOCKS, "10004641"), []);
  assert.deepEqual(holdersOf(LOCKS, "77"), [31, 42]);
});

Deno.test({
  name: "openLockHolderOnLinux() finds the process that holds a lock, and no other that has the file open",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const lockFile = join(folder, "lock");
      assert.equal(await openLockHolderOnLinux({ lockFile }), undefined);
      using file = await Deno.open(lockFile, { create: true, write: true });
      assert.equal(await openLockHolderOnLinux({ lockFile }), undefined);
      file.lockSync(true);
      using holder = await openLockHolderOnLinux({ lockFile });
      assert.equal(holder?.processId, Deno.pid);
      assert.equal(holder.executable, await Deno.realPath(Deno.execPath()));
      file.unlockSync();
      assert.equal(await openLockHolderOnLinux({ lockFile }), undefined);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
