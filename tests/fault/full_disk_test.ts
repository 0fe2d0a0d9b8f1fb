import assert from "node:assert/strict";
import { join } from "node:path";
import { openTemporaryFolder } from "../support/temporary_folder.ts";
import { runChecked } from "../support/run_command.ts";
import { openWindlassInstance } from "../support/windlass_instance.ts";
import { openDockerClient } from "../support/docker_client.ts";

/** Room for the unpacked components, but not for a distro. */
const SMALL = "size=300m";
const LARGE = "size=4g";

Deno.test("windlass start on a full disk says so, leaves no half distro, and goes on when there is room", async () => {
  await using folder = await openTemporaryFolder("windlass-small");
  await using mounts = new AsyncDisposableStack();
  await runChecked(["mount", "-t", "tmpfs", "-o", SMALL, "tmpfs", folder.path]);
  mounts.defer(async () => {
    await runChecked(["umount", "--lazy", folder.path]);
  });
  await using instance = await openWindlassInstance({ home: folder.path });

  const { code, stderr } = await instance.attempt(["start"]);
  assert.notEqual(code, 0);
  const folderOfEngine = join(folder.path, "distros/windlass");
  assert.equal(
    stderr.slice(stderr.indexOf("windlass:")),
    `windlass: Cannot import the distro 'windlass': the disk of '${folderOfEngine}' is full\n` +
      "  WL_NO_SPACE: Free some space on that disk, or set WINDLASS_HOME to a folder on another one, and try again.\n",
  );
  assert.equal((await instance.status()).distro.rootfs, null);

  await runChecked(["mount", "-o", `remount,${LARGE}`, folder.path]);
  await instance.run(["start"]);
  await using docker = await openDockerClient((await instance.status()).engine.dockerHost);
  await docker.run(["version"]);
});
