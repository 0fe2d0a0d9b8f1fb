import { unlessMissing } from "../../errors/unless_missing.ts";
import { WORKSPACES_FOLDER } from "../protocol/distro_paths.ts";
import { mountPoints } from "./mount_points.ts";
import { reserveRootFolder } from "./reserve_root_folder.ts";
import { type RunProgram, runProgram } from "./run_program.ts";

/** Where the file trees of workspaces appear, and what that is made with; replaced in tests. */
export interface RootFolderSource {
  readonly run: RunProgram;
  /** As /proc/self/mountinfo. */
  readonly mounts: () => Promise<string>;
  readonly folder: string;
  /** The same folder, writable. */
  readonly writable: string;
}

const THIS_DISTRO: RootFolderSource = {
  run: runProgram,
  mounts: () => Deno.readTextFile("/proc/self/mountinfo"),
  folder: WORKSPACES_FOLDER,
  writable: `${WORKSPACES_FOLDER}-writable`,
};

/**
 * The folder of the file trees. dockerd sees it read-only, so it can make nothing in place of a tree that is missing; the
 * agent makes the mount points by another name of the same folder.
 */
export class RootFolder {
  readonly #source: RootFolderSource;
  #made: Promise<void> | undefined;

  constructor(source = THIS_DISTRO) {
    this.#source = source;
  }

  /** Makes the mount point of a workspace. Repeating it does nothing. */
  async addPoint(name: string): Promise<string> {
    this.#made ??= this.#make();
    await this.#made.catch((error) => {
      this.#made = undefined; // to be tried again
      throw error;
    });
    await Deno.mkdir(`${this.#source.writable}/${name}`, { recursive: true });
    return `${this.#source.folder}/${name}`;
  }

  /** Takes away what is mounted at the point of a workspace; containers keep what they have of it. */
  async clearPoint(name: string): Promise<void> {
    const { run, mounts, folder } = this.#source;
    const point = `${folder}/${name}`;
    const count = mountPoints(await mounts(), folder).filter((mounted) => mounted === point).length;
    // What is mounted below goes with it.
    for (let left = count; left > 0; left--) await run("umount", "-l", point);
  }

  /** Takes all of it away, including what a predecessor has left, and reserves the place again. */
  async remove(): Promise<void> {
    const { run, mounts, folder, writable } = this.#source;
    this.#made = undefined;
    const own = mountPoints(await mounts(), folder).filter((point) => point === folder).length;
    // The trees below go with it.
    for (let left = own; left > 0; left--) await run("umount", "-l", folder);
    const [left] = mountPoints(await mounts(), folder);
    if (left !== undefined) throw new Deno.errors.Busy(`something is still mounted at '${left}'`);
    // Mount points, and what a predecessor that was killed between two steps has left: all of it empty.
    for (const path of [folder, writable]) await unlessMissing(() => removeEmpty(path));
    reserveRootFolder(folder);
  }

  async #make(): Promise<void> {
    const { run, folder, writable } = this.#source;
    await this.remove();
    await Deno.mkdir(writable, { mode: 0o711 });
    await Deno.remove(folder);
    await Deno.mkdir(folder, { mode: 0o711 });
    await run("mount", "--bind", writable, folder);
    // What is mounted below must not appear by the other name as well.
    await run("mount", "--make-private", folder);
    await run("mount", "-o", "remount,bind,ro", folder);
  }
}

/** Removes a file, or a folder with the empty folders in it; fails at anything else. */
async function removeEmpty(path: string): Promise<void> {
  if ((await Deno.lstat(path)).isDirectory) {
    for await (const { name } of Deno.readDir(path)) await Deno.remove(`${path}/${name}`);
  }
  await Deno.remove(path);
}
