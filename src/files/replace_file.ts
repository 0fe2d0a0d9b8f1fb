import { basename, dirname, join } from "node:path";
import { renameFile } from "./rename_file.ts";
import { writeError } from "./file_errors.ts";

/** How the new file is made. */
export interface ReplaceFileOptions {
  /** Permissions of the file. @default {0o600} */
  readonly mode?: number;
}

/** What a crash left beside the file is younger than this while its writer may still live. Milliseconds. */
const PARTIAL_LIFE = 10 * 60_000;

/**
 * Replaces a file as a whole: whatever happens, even a loss of power, readers find the old content or the new one.
 * Both are on disk when this returns. Partial files that a crash left behind are removed by a later call.
 *
 * @throws {WindlassError} `WL_NO_SPACE` when the disk is full, `WL_FILE_NOT_WRITABLE` otherwise; the old file
 * is then untouched.
 *
 * @example
 * ```ts
 * await replaceFile("/srv/windlass/distros.json", JSON.stringify(record));
 * ```
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  options: ReplaceFileOptions = {},
): Promise<void> {
  const partial = `${path}.${crypto.randomUUID()}.partial`;
  try {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await writeSynced(partial, bytes, options.mode ?? 0o600);
    await renameFile(partial, path);
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    throw writeError(path, error);
  }
  await syncFolder(dirname(path));
  await removeOldPartials(path).catch(() => {}); // the next call tries again
}

async function writeSynced(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode });
  for (let offset = 0; offset < bytes.length;) offset += await file.write(bytes.subarray(offset));
  await file.sync();
}

/** Puts new names in a folder themselves on disk. Windows has no such call for folders, and needs none. */
export async function syncFolder(path: string): Promise<void> {
  try {
    using folder = await Deno.open(path);
    await folder.sync();
  } catch {
    // The file is complete under its name; only a loss of power right now could bring the old one back.
  }
}

async function removeOldPartials(path: string): Promise<void> {
  const prefix = `${basename(path)}.`;
  for await (const entry of Deno.readDir(dirname(path))) {
    if (!entry.name.startsWith(prefix) || !entry.name.endsWith(".partial")) continue;
    const partial = join(dirname(path), entry.name);
    const modified = await Deno.stat(partial).then((info) => info.mtime, () => null);
    if (modified !== null && Date.now() - modified.getTime() > PARTIAL_LIFE) {
      await Deno.remove(partial).catch(() => {});
    }
  }
}
