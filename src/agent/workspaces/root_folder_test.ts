import assert from "node:assert/strict";
import { reserveRootFolder } from "./reserve_root_folder.ts";
import { RootFolder, type RootFolderSource } from "./root_folder.ts";

/** A folder of roots on disk, with mounts that are only noted down. */
function fakeFolder(parent: string) {
  const commands: string[] = [];
  let mounted: string[] = [];
  const source: RootFolderSource & { fails: string | undefined; mount(point: string): void } = {
    fails: undefined,
    folder: `${parent}/workspaces`,
    writable: `${parent}/writable`,
    mounts: () =>
      Promise.resolve(mounted.map((point) => `30 22 0:25 / ${point} rw - tmpfs none rw`).join("\n")),
    mount: (point) => void mounted.push(`${parent}/workspaces/${point}`),
    run: (program, ...args) => {
      commands.push([program, ...args].join(" ").replaceAll(parent, ""));
      const point = args.at(-1)!;
      if (commands.at(-1) === source.fails) return Promise.reject(new Deno.errors.NotSupported("it hangs"));
      if (args[0] === "--bind") mounted.push(point);
      const last = mounted.lastIndexOf(point);
      // What is mounted below goes with it.
      if (program === "umount") {
        mounted = mounted.filter((each, at) => at !== last && !each.startsWith(`${point}/`));
      }
      return Promise.resolve();
    },
  };
  return { source, commands, roots: new RootFolder(source) };
}

async function inFolder(test: (parent: string) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir();
  try {
    await test(parent);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

const MADE = [
  "mount --bind /writable /workspaces",
  "mount --make-private /workspaces",
  "mount -o remount,bind,ro /workspaces",
];

Deno.test("reserveRootFolder() puts a file where dockerd could make a folder, and leaves what exists", () =>
  inFolder(async (parent) => {
    const path = `${parent}/workspaces`;
    reserveRootFolder(path);
    reserveRootFolder(path);
    assert.equal((await Deno.lstat(path)).isFile, true);
    await assert.rejects(Deno.mkdir(`${path}/Ubuntu/home`, { recursive: true }));
    await Deno.remove(path);
    await Deno.mkdir(path);
    reserveRootFolder(path);
    assert.equal((await Deno.lstat(path)).isDirectory, true);
  }));

Deno.test("RootFolder makes its folder once, and a point for each workspace by the folder's other name", () =>
  inFolder(async (parent) => {
    const { source, commands, roots } = fakeFolder(parent);
    reserveRootFolder(source.folder);
    assert.equal(await roots.addPoint("Ubuntu"), `${source.folder}/Ubuntu`);
    await roots.addPoint("Ubuntu");
    await roots.addPoint("a b");
    assert.deepEqual(commands, MADE);
    assert.deepEqual([...Deno.readDirSync(source.writable)].map(({ name }) => name).sort(), [
      "Ubuntu",
      "a b",
    ]);
    await roots.remove();
    assert.deepEqual(commands.slice(MADE.length), ["umount -l /workspaces"]);
    assert.equal((await Deno.lstat(source.folder)).isFile, true);
    await assert.rejects(Deno.lstat(source.writable), Deno.errors.NotFound);
  }));

Deno.test("RootFolder.clearPoint() unmounts as often as something is mounted", () =>
  inFolder(async (parent) => {
    const { source, commands, roots } = fakeFolder(parent);
    reserveRootFolder(source.folder);
    await roots.addPoint("Ubuntu");
    await roots.clearPoint("Ubuntu");
    source.mount("Ubuntu");
    source.mount("Ubuntu/proc");
    source.mount("Ubuntu");
    await roots.clearPoint("Ubuntu");
    assert.deepEqual(commands.slice(MADE.length), [
      "umount -l /workspaces/Ubuntu",
      "umount -l /workspaces/Ubuntu",
    ]);
  }));

Deno.test("RootFolder.remove() takes away what a predecessor has left, and removes nothing through a mount", () =>
  inFolder(async (parent) => {
    const { source, commands, roots } = fakeFolder(parent);
    reserveRootFolder(source.folder);
    await roots.addPoint("Ubuntu");
    source.mount("Ubuntu");
    source.fails = "umount -l /workspaces";
    await assert.rejects(roots.remove(), new Deno.errors.NotSupported("it hangs"));
    assert.equal((await Deno.lstat(`${source.writable}/Ubuntu`)).isDirectory, true);
    source.fails = undefined;
    const next = new RootFolder(source);
    await next.remove();
    assert.equal(commands.at(-1), "umount -l /workspaces");
    assert.equal((await Deno.lstat(source.folder)).isFile, true);
  }));

Deno.test("RootFolder tries again after it could not make its folder", () =>
  inFolder(async (parent) => {
    const { source, roots } = fakeFolder(parent);
    reserveRootFolder(source.folder);
    source.fails = MADE[0];
    await assert.rejects(roots.addPoint("Ubuntu"), new Deno.errors.NotSupported("it hangs"));
    source.fails = undefined;
    assert.equal(await roots.addPoint("Ubuntu"), `${source.folder}/Ubuntu`);
  }));
