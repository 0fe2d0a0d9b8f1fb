import { renameFile, whileInUse } from "../files/rename_file.ts";

/** The text of a file that may be missing. */
export async function readTextIfPresent(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Removes a file or a folder with all that is in it; fine if it is missing. A symbolic link is removed itself.
 */
export async function removeIfPresent(path: string): Promise<void> {
  try {
    await whileInUse(() => Deno.remove(path, { recursive: true }));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Moves a damaged file aside, in place of an older one, so that its user can look at it. */
export async function setAside(path: string): Promise<void> {
  await renameFile(path, `${path}.damaged`);
}
