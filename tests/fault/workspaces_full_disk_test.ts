/** A distro whose disk is full or read-only is not switched on halfway, and is switched on once there is room. */
import assert from "node:assert/strict";
import { assertSameFiles, treeOf } from "../support/user_distros/distro_tree.ts";
import { openUserDistro } from "../support/user_distros/user_distro.ts";
import { startWindlass } from "../support/windlass_instance.ts";

Deno.test("a distro without room, or that cannot be written, says so and keeps its files as they are", async (test) => {
  await using instance = await startWindlass();
  await using distro = await openUserDistro(instance, "debian");
  await distro.script("true");
  const before = await treeOf(distro);
  const situations = [
    {
      name: "a full disk",
      make: "mount -t tmpfs -o size=4k tmpfs /usr/local",
      said: "windlass: Cannot enable the workspace 'debian': it cannot write '/usr/local/bin/windlass': " +
        "No space left on device\n  WL_WORKSPACE_FULL: Free some space in the distro, and run 'windlass " +
        "workspace enable' with its name again.\n",
    },
    {
      name: "a read-only root",
      make: "mount -o remount,ro,bind /",
      said:
        "windlass: Cannot enable the workspace 'debian': it cannot write '/var/lib/windlass/workspace.json': " +
        "Read-only file system\n  WL_WORKSPACE_READ_ONLY: Make the distro's file system writable, which a damaged " +
        "disk may prevent ('wsl --mount --help'), and try again.\n",
    },
  ];
  for (const { name, make, said } of situations) {
    await test.step(name, async () => {
      // What is mounted lasts as long as the distro runs.
      await using terminal = distro.start(["/bin/sh", "-c", "echo up; exec sleep infinity"]);
      await terminal.waitFor(/up/);
      await distro.script(make, { user: "root" });
      const { code, stderr } = await instance.attempt(["workspace", "enable", "debian"]);
      assert.notEqual(code, 0);
      assert.equal(stderr, said);
      await instance.attempt(["workspace", "disable", "debian"]);
      assertSameFiles(await treeOf(distro), before);

      await instance.run(["workspace", "enable", "debian"]);
      await distro.script("docker version");
      await instance.run(["workspace", "disable", "debian"]);
      assertSameFiles(await treeOf(distro), before);
    });
  }
});
