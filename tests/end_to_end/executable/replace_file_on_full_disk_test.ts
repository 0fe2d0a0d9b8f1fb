import assert from "node:assert/strict";
import { join } from "node:path";
import { replaceFile } from "../../../src/files/replace_file.ts";
import { runChecked } from "../../support/run_command.ts";

Deno.test("replaceFile() keeps the old file and leaves nothing beside it when the disk is full", async () => {
  await using cleanup = new AsyncDisposableStack();
  const disk = await Deno.makeTempDir({ prefix: "windlass-full-" });
  cleanup.defer(() => Deno.remove(disk));
  await runChecked(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]);
  cleanup.defer(async () => void await runChecked(["umount", disk]));
  const path = join(disk, "record.json");
  await replaceFile(path, "old");
  await assert.rejects(replaceFile(path, "x".repeat(512 * 1024)), {
    code: "WL_NO_SPACE",
    message: `Cannot write '${path}': the disk is full`,
  });
  assert.equal(await Deno.readTextFile(path), "old");
  assert.deepEqual([...Deno.readDirSync(disk)].map((entry) => entry.name), ["record.json"]);
});
