import assert from "node:assert/strict";
import { join } from "node:path";
import { removeTree } from "./remove_tree.ts";

Deno.test("removeTree() removes a folder, and links in it without what they lead to", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(root, "tree/deep"), { recursive: true });
    await Deno.writeTextFile(join(root, "kept"), "x");
    await Deno.symlink(join(root, "kept"), join(root, "tree/deep/link"));
    await removeTree(join(root, "tree"));
    assert.deepEqual([...Deno.readDirSync(root)].map((entry) => entry.name), ["kept"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("removeTree() does nothing when there is no such folder", async () => {
  await removeTree("/nonexistent/folder");
});

Deno.test("removeTree() refuses when something is mounted in the folder", async () => {
  await assert.rejects(removeTree("/proc"), {
    code: "WL_FOLDER_IN_USE",
    message: "Cannot remove '/proc': '/proc' is a mount point",
  });
});
