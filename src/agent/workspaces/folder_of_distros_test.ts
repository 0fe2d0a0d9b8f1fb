import assert from "node:assert/strict";
import { makeSharedFolder, removeSharedFolder, type SharedFolderSource } from "./folder_of_distros.ts";

const MODE_BITS = 0o777;

/** A folder on disk, with mounts that are only noted down. */
function fakeSource(folder: string) {
  const commands: string[] = [];
  let mounted: string[] = [];
  const source: SharedFolderSource & { hanging: boolean } = {
    hanging: false,
    programs: "/usr",
    stage: `${folder}-stage`,
    mounts: () =>
      Promise.resolve(mounted.map((point) => `30 22 0:25 / ${point} rw - tmpfs none rw`).join("\n")),
    run: (program, ...args) => {
      commands.push([program, ...args].join(" ").replaceAll(folder, "FOLDER"));
      const point = args.at(-1)!;
      if (program === "mount" && args[0] === "--bind") mounted.push(point);
      if (program === "umount" && source.hanging) return Promise.reject(new Error("it hangs"));
      if (program === "umount") mounted = mounted.filter((each) => each !== point);
      return Promise.resolve();
    },
  };
  return { source, commands };
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir();
  try {
    await test(`${parent}/windlass`);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

const MADE = [
  "mount --bind /usr FOLDER-stage",
  "mount --make-private FOLDER-stage",
  "mount -o remount,bind,ro FOLDER-stage",
  "mount --bind FOLDER-stage FOLDER/usr",
  "umount -l FOLDER-stage",
];

Deno.test("makeSharedFolder() shows the programs only once they are read-only", () =>
  inFolder(async (folder) => {
    const { source, commands } = fakeSource(folder);
    await makeSharedFolder(folder, source);
    assert.deepEqual(commands, MADE);
    const mode = async (path: string) => (await Deno.lstat(path)).mode! & MODE_BITS;
    assert.equal(await mode(folder), 0o711);
    assert.equal(await mode(`${folder}/roots`), 0o700);
    await removeSharedFolder(folder, source);
    assert.deepEqual(commands.slice(MADE.length), ["umount -l FOLDER/usr"]);
    await assert.rejects(Deno.lstat(folder), Deno.errors.NotFound);
    await removeSharedFolder(folder, source);
  }));

Deno.test("makeSharedFolder() takes the place of what a predecessor or another user has left", () =>
  inFolder(async (folder) => {
    const { source, commands } = fakeSource(folder);
    await Deno.writeTextFile(folder, "");
    await makeSharedFolder(folder, source);
    await Deno.mkdir(`${folder}/0123456789abcdef0123456789abcdef`);
    await makeSharedFolder(folder, source);
    assert.deepEqual(commands, [...MADE, "umount -l FOLDER/usr", ...MADE]);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["roots", "usr"]);
    await removeSharedFolder(folder, source);
    await Deno.symlink("/etc", folder);
    await makeSharedFolder(folder, source);
    assert.equal((await Deno.lstat(folder)).isSymlink, false);
  }));

Deno.test("removeSharedFolder() removes no file through what is still mounted", () =>
  inFolder(async (folder) => {
    const { source } = fakeSource(folder);
    await makeSharedFolder(folder, source);
    source.hanging = true;
    await assert.rejects(
      removeSharedFolder(folder, source),
      new Deno.errors.Busy(`something is still mounted at '${folder}/usr'`),
    );
    assert.equal((await Deno.lstat(`${folder}/usr`)).isDirectory, true);
  }));
