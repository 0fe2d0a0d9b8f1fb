import { join } from "node:path";
import { unlessMissing } from "../../errors/unless_missing.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { removeTree } from "../../files/remove_tree.ts";
import { whileInUse } from "../../files/rename_file.ts";
import { OPERATING_SYSTEM } from "../../platform/operating_system.ts";
import { componentFileName } from "../../payload/version_files.ts";
import type { ReleaseComponent, ReleaseDocument } from "../release/release_document.ts";

/** A component's file, as `componentFileName` calls it. */
const FILE_NAME = /^[0-9a-f]{64}-[a-z][a-z0-9.-]*$/;
/** A blob that was fetched, or what fetching it keeps beside it. */
const BLOB_NAME = /^([0-9a-f]{64})\.blob(?:\.[a-z.]+)?$/;
/** What an interrupted step leaves. It starts over. */
const PASSING_SUFFIX = ".partial";

/** Bits that no file of ours has: set-id and sticky, and writable for everybody. */
const ODD_MODE = 0o7002;
/** The folder is for its owner alone: nobody else puts anything in it. */
const FOLDER_MODE = 0o700;

/** The folder in which a release is put together. Nothing in it is followed, and nothing in it is believed. */
export class StagingFolder {
  constructor(readonly path: string) {}

  /**
   * Where a component's finished file lies: raw bytes if the launcher unpacks it, else one zstd frame.
   *
   * @throws {WindlassError} `WL_UPDATE_RELEASE_INVALID` if that would not be a plain name in this folder.
   */
  component(component: ReleaseComponent): string {
    return this.#named(componentFileName(component), FILE_NAME);
  }

  /** Where the blob with that sha256 is fetched to. */
  blob(sha256: string): string {
    return this.#named(`${sha256}.blob`, BLOB_NAME);
  }

  /** A file of a step, which is removed before it is made: whatever is there is none of ours. */
  async passing(name: "base" | "result"): Promise<string> {
    const path = join(this.path, `${name}${PASSING_SUFFIX}`);
    await removeEntry(path);
    return path;
  }

  /** Removes everything but finished files: blobs that a kill has left behind, and what fetching keeps beside them. */
  async removeBlobs(): Promise<void> {
    for (const { name } of await Array.fromAsync(Deno.readDir(this.path))) {
      if (!FILE_NAME.test(name)) await removeEntry(join(this.path, name));
    }
  }

  #named(name: string, pattern: RegExp): string {
    if (pattern.test(name)) return join(this.path, name);
    throw new WindlassError(
      "WL_UPDATE_RELEASE_INVALID",
      `Cannot stage the release: '${name}' is not a file name`,
    );
  }
}

/**
 * Makes the folder, or takes the existing one: files of this release stay, to be checked; all else goes. A link, a folder, a file with
 * a second name or odd permissions goes in any case, and if the folder itself is not one, it is replaced.
 */
export async function openStagingFolder(path: string, release: ReleaseDocument): Promise<StagingFolder> {
  const status = await unlessMissing(() => Deno.lstat(path));
  if (status && !isOwnFolder(status)) await removeEntry(path);
  await Deno.mkdir(path, { recursive: true, mode: FOLDER_MODE });
  const folder = new StagingFolder(path);
  const files = new Set(release.components.map((component) => folder.component(component)));
  const blobs = new Set(
    release.components.flatMap(({ full, deltas }) => [full, ...deltas].map(({ sha256 }) => sha256)),
  );
  for (const { name } of await Array.fromAsync(Deno.readDir(path))) {
    const file = join(path, name);
    const blob = BLOB_NAME.exec(name)?.[1];
    const isWanted = files.has(file) || (blob !== undefined && blobs.has(blob));
    if (!isWanted || !isPlainFile(await Deno.lstat(file))) await removeEntry(file);
  }
  return folder;
}

/** Removes whatever has that name, a link itself and not what it leads to; fine when there is nothing. */
export async function removeEntry(path: string): Promise<void> {
  const status = await unlessMissing(() => Deno.lstat(path));
  if (status === undefined) return;
  if (status.isDirectory) await removeTree(path);
  else await whileInUse(() => Deno.remove(path));
}

/** Whether this is a file with one name and ordinary permissions. */
export function isPlainFile(status: Deno.FileInfo): boolean {
  // Windows has no such permissions, but the runtime makes some up.
  const isOdd = OPERATING_SYSTEM !== "windows" && ((status.mode ?? 0) & ODD_MODE) !== 0;
  return status.isFile && (status.nlink ?? 1) === 1 && !isOdd;
}

function isOwnFolder(status: Deno.FileInfo): boolean {
  if (!status.isDirectory) return false;
  return OPERATING_SYSTEM === "windows" || ((status.mode ?? 0) & 0o077) === 0;
}
