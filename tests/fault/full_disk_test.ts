import assert from "node:assert/strict";
import { join } from "node:path";
import { WindlassClient } from "../../src/client/windlass_client.ts";
import { eventually } from "../support/eventually.ts";
import { openTemporaryFolder } from "../support/temporary_folder.ts";
import { runChecked } from "../support/run_command.ts";
import { openWindlassInstance } from "../support/windlass_instance.ts";
import { openDockerClient } from "../support/docker_client.ts";

/** Room for everything, and little enough to be filled quickly. */
const WHOLE = "size=1500m,mode=700";

/** Room for the unpacked components, but not for a distro. */
const SMALL = "size=300m,mode=700";
const LARGE = "size=4g";

Deno.test("windlass start on a full disk says so, leaves no half distro, and continues when there is room", async () => {
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

Deno.test("on a disk that is full to the last byte, Windlass starts, wakes, makes room and can be uninstalled", async (t) => {
  await using folder = await openTemporaryFolder("windlass-full");
  await using mounts = new AsyncDisposableStack();
  await runChecked(["mount", "-t", "tmpfs", "-o", WHOLE, "tmpfs", folder.path]);
  mounts.defer(async () => {
    await runChecked(["umount", "--lazy", folder.path]);
  });
  await using instance = await openWindlassInstance({ home: folder.path });
  await instance.run(["start"]);
  await using docker = await openDockerClient((await instance.status()).engine.dockerHost);
  for (const name of ["first", "second"]) await docker.run(["create", "--name", name, "windlass/sample"]);

  await t.step("a stopped host starts, and a container can be removed", async () => {
    await reservesAreTaken(folder.path);
    await instance.run(["stop"]);
    using _full = await fillDisk(folder.path);
    await instance.run(["start"]);
    assert.equal(await docker.run(["rm", "first"]), "first");
  });

  await t.step("an engine that is asleep wakes, and a container can be removed", async () => {
    await instance.run(["restart"]);
    await reservesAreTaken(folder.path);
    using client = new WindlassClient({ addressFile: join(folder.path, "api.json") });
    await client.engine.stop();
    await eventually(async () => assert.equal((await instance.status()).engine.state, "stopped"));
    using _full = await fillDisk(folder.path);
    assert.equal(await docker.run(["rm", "second"]), "second");
  });

  await t.step("everything can be uninstalled", async () => {
    await instance.run(["restart"]);
    await reservesAreTaken(folder.path);
    await instance.run(["stop"]);
    using _full = await fillDisk(folder.path);
    await instance.run(["uninstall", "--yes"]);
  });
});

/** Files that hold room, and their bytes: one that is still being written gives up what it has on a full disk. */
const RESERVES = [
  ["reserve", 2 * 1024 * 1024],
  ["distros/windlass-data/rootfs/var/lib/windlass/windlass-reserve", 8 * 1024 * 1024],
] as const;

/** Waits until home and data hold their room. */
async function reservesAreTaken(home: string): Promise<void> {
  await eventually(async () => {
    for (const [name, bytes] of RESERVES) assert.equal((await Deno.stat(join(home, name))).size, bytes, name);
  });
}

/** Fills the disk until not one more byte fits; disposing it makes the room free again. */
async function fillDisk(folder: string): Promise<Disposable> {
  const path = join(folder, "fill");
  const file = await Deno.open(path, { write: true, create: true });
  for (let bytes = 1024 * 1024; bytes >= 1;) {
    try {
      if (await file.write(new Uint8Array(bytes)) < bytes) bytes >>= 1;
    } catch {
      bytes >>= 1; // full for pieces of this size
    }
  }
  file.close();
  return { [Symbol.dispose]: () => Deno.removeSync(path) };
}
